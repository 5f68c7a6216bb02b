"""The examples for CI: their shell, and the commands in it, read as text."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from textwrap import dedent

CI = Path(__file__).parents[2] / "docs" / "ci"
EXAMPLES = ("github-actions.yml", "gitlab-ci.yml")
ENVIRONMENT = {
    "CANDIDATE": "runway:seedance2_5",
    "BASELINE": "golden/runway@seedance2",
    "BUDGET": "110",
    "SUITE": "suites/scifi",
    "rolls": "5",
}
_COMMAND = re.compile(r"^\s*((?:pytest|videobench) .*?)(?: (?:\|\||>).*)?$", re.MULTILINE)


def text(name: str) -> str:
    return (CI / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[str]:
    """Give every piece of shell: blocks after a bar, and single lines of a list."""
    found, lines = [], text(name).splitlines()
    for number, line in enumerate(lines):
        if re.match(r" *(- |run: )+\|$| *run: \|$", line):
            found.append(_block(lines[number + 1 :], len(line) - len(line.lstrip())))
        elif single := re.match(r" *- (?:run: )?((?:pip|pytest|videobench) .*)$", line):
            found.append(single[1])
    return found


def _block(lines: list[str], indent: int) -> str:
    taken = []
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        taken.append(line)
    return dedent("\n".join(taken)).strip() + "\n"


def gate(name: str) -> str:
    """Give the piece that runs the gate."""
    (found,) = [block for block in blocks(name) if "--vb-gate" in block]
    return found


def telling(name: str) -> str:
    """Give the piece that says what was found."""
    (found,) = [block for block in blocks(name) if "videobench annotate" in block]
    return found


def commands(shell: str) -> list[list[str]]:
    """Give what pytest and videobench are called with, variables filled in."""
    joined = shell.replace("\\\n", " ")
    filled = re.sub(r"\$(\w+)", lambda match: ENVIRONMENT[match[1]], "\n".join(_COMMAND.findall(joined)))
    return [shlex.split(line) for line in filled.splitlines()]
