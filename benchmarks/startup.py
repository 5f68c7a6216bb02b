"""What the plugin costs a test suite that does not use it.

    python benchmarks/startup.py [--rounds N]

Runs a suite of one empty test with the plugin and with ``-p no:videobench``, in turns, and prints the
median difference between turns, which is noisy, and what importing the plugin takes, which is what decides.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT_MS = 10.0
INSIDE = """
import time, pytest
started = time.perf_counter()
import pytest_videobench.plugin, pytest_videobench.fixtures, pytest_videobench.report.recorder
print(f"{(time.perf_counter() - started) * 1e3:.2f}")
"""


def main() -> int:
    """Print the cost; exit status 1 where importing takes longer than the limit."""
    parser = argparse.ArgumentParser(description="Time pytest with and without the plugin.")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        base = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
        times: dict[str, list[float]] = {"with": [], "without": []}
        env = _with_bytecode(folder)
        _seconds(base, env)
        for _ in range(rounds):
            times["with"].append(_seconds(base, env))
            times["without"].append(_seconds([*base, "-p", "no:videobench"], env))
        inside = statistics.median(float(_output([sys.executable, "-c", INSIDE], env)) for _ in range(rounds))
    medians = {name: statistics.median(values) * 1e3 for name, values in times.items()}
    print(f"pytest with the plugin {medians['with']:.0f} ms, without {medians['without']:.0f} ms")
    turns = zip(times["with"], times["without"], strict=True)
    print(f"median difference between turns {statistics.median(a - b for a, b in turns) * 1e3:.1f} ms")
    print(f"importing the plugin takes {inside:.2f} ms (limit {LIMIT_MS:g})")
    return int(inside > LIMIT_MS)


def _with_bytecode(folder: str) -> dict[str, str]:
    """Let Python keep what it compiles, as it does for installed packages."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}


def _seconds(command: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    return time.perf_counter() - started


def _output(command: list[str], env: dict[str, str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


if __name__ == "__main__":
    sys.exit(main())
