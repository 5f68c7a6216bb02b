"""The ComfyUI adapter against a faithful server."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.backends.remote.wire import RemoteError
from pytest_videobench.cases import backend_label
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery
from tests.fakes.comfyui import FakeComfyUI
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKFLOW: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {"seed": "{seed}", "cfg": 5.0, "positive": ["6", 0]}},
    "5": {
        "class_type": "EmptyHunyuanLatentVideo",
        "inputs": {"width": "{width}", "height": "{height}", "length": "{frames}"},
    },
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "{prompt}"}},
    "9": {"class_type": "SaveVideo", "inputs": {"fps": "{fps}", "video": ["3", 0]}},
}


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    return written(tmp_path / "wan.json", WORKFLOW)


@pytest.fixture
def fake(clip_bytes: bytes, workflow: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeComfyUI]:
    with FakeComfyUI(clip_bytes) as fake:
        point(monkeypatch, f"comfyui?workflow={workflow}", fake)
        yield fake


@pytest.fixture
def spec(fake: FakeComfyUI, workflow: Path) -> str:
    return f"comfyui?workflow={workflow}"


def written(path: Path, workflow: Any) -> Path:
    path.write_text(json.dumps(workflow), encoding="utf-8")
    return path


def changed(**texts: Any) -> dict[str, Any]:
    """Give the workflow with other inputs at the nodes that have them."""
    return {
        name: {**node, "inputs": {key: texts.get(key, value) for key, value in node["inputs"].items()}}
        for name, node in WORKFLOW.items()
    }


def test_a_clip_is_made_by_the_users_workflow(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    made = drive(f"{spec}&duration=2&fps=24&size=640x352", tmp_path)
    assert made.path.read_bytes() == fake.clip
    sent = fake.of("submit")[0].json()
    assert sent["prompt"] == changed(
        seed=42, width=640, height=352, length=49, text="a red fox runs through snow.", fps=24
    )
    assert (made.model, made.seed, made.job_id) == ("wan", 42, sent["prompt_id"])
    assert (made.cost_usd, made.cost_source) == (0.0, "computed")
    assert made.request is not None
    assert made.request["body"] == sent


def test_what_is_not_asked_for_has_a_usual_value(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    drive(spec, tmp_path)
    nodes = fake.of("submit")[0].json()["prompt"]
    assert nodes["5"]["inputs"] == {"width": 832, "height": 480, "length": 81}
    backend = make_backend(spec)
    assert isinstance(backend, Remote)
    assert backend.delivery() == Delivery(duration=5, fps=16, width=832, height=480)


def test_a_workflow_promises_only_what_it_can_be_told(fake: FakeComfyUI, tmp_path: Path) -> None:
    path = written(tmp_path / "fixed.json", changed(width=512, height=512, fps=8, length=16, seed=1))
    backend = make_backend(f"comfyui?workflow={path}")
    assert isinstance(backend, Remote)
    assert backend.delivery(Delivery(duration=9, fps=30, width=64, height=64)) == Delivery()
    made = drive(f"comfyui?workflow={path}", tmp_path)
    assert made.seed is None, "the workflow has no place for a seed"


def test_a_prompt_that_wishes_what_a_workflow_cannot_be_told_says_so(
    fake: FakeComfyUI, tmp_path: Path
) -> None:
    path = written(tmp_path / "fixed.json", changed(width=512, height=512, fps=8, length=16))
    with ordered(f"comfyui?workflow={path}", wished=Delivery(duration=9)) as errand:
        made = errand.run(tmp_path)
    assert made.notes == ("the prompt asks for 9 s; fixed makes a length of its own",)


def test_where_the_workflow_lies_is_no_part_of_its_name(spec: str) -> None:
    assert backend_label(make_backend(spec)) == "comfyui@wan"
    assert backend_label(make_backend(spec.replace("comfyui?", "comfyui:mine?"))) == "comfyui@mine"


def test_another_workflow_is_another_clip(fake: FakeComfyUI, spec: str, workflow: Path) -> None:
    def revision() -> str:
        backend = make_backend(spec)
        assert isinstance(backend, Remote)
        return backend.provider.revision()  # type: ignore[attr-defined,no-any-return]  # of ComfyUI alone

    first = revision()
    workflow.write_text(json.dumps(WORKFLOW, indent=4), encoding="utf-8")
    assert revision() == first, "how the file is laid out changes nothing"
    written(workflow, changed(cfg=6.0))
    assert revision() != first


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (changed(text="a fox"), r"has no \{prompt\}"),
        (changed(cfg="{guidance}"), r"unknown placeholder \{guidance\}"),
        ({"nodes": [], "links": []}, "save it with Export"),
        ([], "save it with Export"),
        (None, "cannot read the workflow"),
    ],
)
def test_a_workflow_that_will_not_do_is_refused(tmp_path: Path, content: Any, reason: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text("{" if content is None else json.dumps(content), encoding="utf-8")
    with pytest.raises(SpecError, match=reason):
        make_backend(f"comfyui?workflow={path}")


def test_a_workflow_has_to_be_named() -> None:
    with pytest.raises(SpecError, match=r"add \?workflow=FILE"):
        make_backend("comfyui")


def test_trap_15_a_video_is_listed_among_the_images(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    preview = {"filename": "preview.mp4", "subfolder": "", "type": "temp"}
    fake.outputs = {"7": {"images": [preview]}, **FakeComfyUI.outputs}
    assert drive(spec, tmp_path).path.read_bytes() == fake.clip


def test_a_workflow_without_a_video_is_a_failure(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    fake.outputs = {"7": {"images": [{"filename": "still.png", "subfolder": "", "type": "output"}]}}
    with pytest.raises(RemoteError, match=r"saved no video, but still\.png"):
        drive(spec, tmp_path)


def test_a_node_that_fails_is_named(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match=r"node 3 \(KSampler\): out of memory") as caught:
        drive(spec, tmp_path)
    assert caught.value.kind == "generation_failed"


def test_a_run_that_somebody_stopped_is_cancelled(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    fake.fail, fake.interrupted = lambda _job: True, True
    with pytest.raises(RemoteError) as caught:
        drive(spec, tmp_path)
    assert caught.value.kind == "cancelled"


def test_a_wrong_input_is_named_with_its_node(fake: FakeComfyUI, tmp_path: Path) -> None:
    path = written(tmp_path / "wrong.json", changed(positive="no-such-file"))
    with pytest.raises(
        RemoteError, match=r"node 3: Value not in list \(positive: 'no-such-file'\)"
    ) as caught:
        drive(f"comfyui?workflow={path}", tmp_path)
    assert caught.value.kind == "bad_request"


def test_an_earlier_failure_under_the_same_name_is_not_taken_for_this_one(
    fake: FakeComfyUI, spec: str, tmp_path: Path
) -> None:
    fake.fail = lambda job: job.asked["number"] == 1
    with pytest.raises(RemoteError):
        drive(spec, tmp_path)
    assert drive(spec, tmp_path).path.read_bytes() == fake.clip
    first, second = fake.of("submit")
    assert first.json()["prompt_id"] == second.json()["prompt_id"]


def test_a_submission_that_broke_off_is_found_again(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    with ordered(spec) as errand:
        errand.run(tmp_path)
    log = MemoryLog(broken_off=time.time() - 60)
    assert drive(spec, tmp_path, log=log).path.read_bytes() == fake.clip
    assert len(fake.of("submit")) == 1


def test_a_run_that_is_in_neither_list_is_gone(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="knows no such run") as caught:
        drive(spec, tmp_path, log=MemoryLog(broken_off=time.time() - 60))
    assert caught.value.kind == "not_found"


def test_a_run_that_waits_can_be_cancelled(fake: FakeComfyUI, spec: str, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({"number": 0, "prompt": {}}, "somebody-else")
    with ordered(spec, account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    (ours,) = (job for name, job in fake.jobs.items() if name != "somebody-else")
    assert ours.cancelled
