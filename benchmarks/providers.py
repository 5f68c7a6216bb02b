"""The same command for every provider: ``pytest suites/scifi -n 8 -m NAME``, each against its fake.

    python -m benchmarks.providers [NAME …]

Prints how many jobs each has taken, how many of them twice, and how many cases have a clip. Whether clips
pass says nothing here: they are all the same small one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from pytest_videobench.backends.registry import BACKENDS
from tests.conftest import drifting, encode
from tests.fakes.ark import FakeArk
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.dashscope import FakeDashScope
from tests.fakes.fal import FakeFal
from tests.fakes.google import FakeGoogle, FakeVertex
from tests.fakes.kling import FakeKling
from tests.fakes.luma import FakeLuma, FakeLumaLegacy
from tests.fakes.minimax import FakeMiniMax, FakeMiniMaxV1
from tests.fakes.openai_videos import FakeOpenAIVideos
from tests.fakes.replicate import FakeReplicate
from tests.fakes.runway import FakeRunway

if TYPE_CHECKING:
    from tests.fakes.server import Fake

ROOT = Path(__file__).parents[1]
WORKFLOW = {
    "3": {"class_type": "KSampler", "inputs": {"seed": "{seed}", "positive": ["6", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "{prompt}"}},
    "9": {"class_type": "SaveVideo", "inputs": {"fps": "{fps}", "video": ["3", 0]}},
}


class Subject(NamedTuple):
    """A provider's fake, and what its spec needs besides the name."""

    fake: type[Fake]
    model: str = ""
    params: str = ""


SUBJECTS = {
    "ark": Subject(FakeArk),
    "comfyui": Subject(FakeComfyUI, params="workflow={workflow}&"),
    "dashscope": Subject(FakeDashScope),
    "fal": Subject(FakeFal),
    "google": Subject(FakeGoogle),
    "kling": Subject(FakeKling),
    "luma": Subject(FakeLuma),
    "luma_legacy": Subject(FakeLumaLegacy),
    "minimax": Subject(FakeMiniMax),
    "minimax_v1": Subject(FakeMiniMaxV1),
    "openai_videos": Subject(FakeOpenAIVideos, model=":wan-2.2"),
    "replicate": Subject(FakeReplicate, model=":owner/name"),
    "runway": Subject(FakeRunway),
    "vertex_veo": Subject(FakeVertex),
}


def main() -> int:
    """Run the command for each provider; exit status 1 where a case has no clip or a job was taken twice."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", metavar="NAME", nargs="*", help="only these")
    names = parser.parse_args().name or list(SUBJECTS)
    print(f"{'backend':16}{'cases':>7}{'clips':>7}{'jobs':>7}{'twice':>7}  no clip")
    short = [name for name in names if not _fine(name)]
    return int(bool(short))


def _fine(name: str) -> bool:
    subject = SUBJECTS[name]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        frames = drifting(frames=24, height=72, width=128)
        clip = encode(root / "clip.mp4", frames, faststart=True).read_bytes()
        (root / "workflow.json").write_text(json.dumps(WORKFLOW), encoding="utf-8")
        params = subject.params.format(workflow=quote(str(root / "workflow.json"), safe=""))
        spec = f"{name}{subject.model}?{params}poll=0.2&per_minute=6000"
        with subject.fake(clip, seconds=0.5) as fake:
            subprocess.run(
                [*_command(name, spec), "--vb-cache", f"{root}/cache", "--vb-report", f"{root}/report"],
                env=_environment(name, fake),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                check=False,
            )
            asked = Counter(json.dumps(job.asked, sort_keys=True, default=str) for job in fake.jobs.values())
        text = (root / "report" / "rows.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    clips, twice = sum(row["clip"] is not None for row in rows), sum(count - 1 for count in asked.values())
    reasons = Counter(row["error"]["kind"] for row in rows if row["error"])
    print(
        f"{name:16}{len(rows):7}{clips:7}{sum(asked.values()):7}{twice:7}  {dict(reasons) or ''}", flush=True
    )
    return len(rows) == clips == sum(asked.values()) and not twice


def _command(name: str, spec: str) -> list[str]:
    options = ["-n", "8", "--vb-rolls", "1", "-q", "-p", "no:cacheprovider"]
    return [sys.executable, "-m", "pytest", "suites/scifi", "-m", name, "--vb-backend", spec, *options]


def _environment(name: str, fake: Fake) -> dict[str, str]:
    offer = BACKENDS.get(name).offer  # type: ignore[attr-defined]  # factories of providers have one
    keys = {offer.key_env[0]: fake.key} if offer.key_env else {}
    return {**os.environ, **keys, offer.base_url_env: fake.base_url, "GOOGLE_CLOUD_PROJECT": "films"}


if __name__ == "__main__":
    sys.exit(main())
