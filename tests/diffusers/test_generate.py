"""The backend ``diffusers`` at work: tiny random pipelines of the known classes make clips."""

from __future__ import annotations

import inspect
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.base import Request
from pytest_videobench.backends.diffusers.engine import turn
from pytest_videobench.backends.diffusers.rules import known_rules
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.errors import GenerationFailed, SpecError
from pytest_videobench.footage.reader import Reader
from pytest_videobench.prompts.load import load_style, suites_root
from tests.diffusers.tiny import NAMES, save_tiny

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.backends.base import Backend, Generation
    from tests.conftest import Suite

pytestmark = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("diffusers") is None,
    reason="needs the extra: pip install 'pytest-videobench[diffusers]'",
)
MECH = load_style(suites_root() / "scifi" / "prompts.toml").prompts[0]
SMALL = "steps=2&size=96x64&device=cpu"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved tiny pipeline of every class, each in a folder of its name."""
    folder = tmp_path_factory.mktemp("models")
    for name in NAMES:
        save_tiny(name, folder / name)
    return folder


@pytest.fixture
def wan(models: Path) -> Path:
    return models / "WanPipeline"


def opened(folder: Path | str, params: str = "frames=9") -> Backend:
    return make_backend(f"diffusers:{folder}?{SMALL}&{params}")


def asked(backend: Backend, seed: int = 1, prompt: str = "") -> Request:
    spoken = replace(MECH, subject=prompt) if prompt else MECH
    return Request(prompt=spoken, roll=0, seed=seed, spec=backend.spec, delivery=backend.delivery())


def generated(backend: Backend, folder: Path, **how: Any) -> Generation:
    folder.mkdir(exist_ok=True)
    return backend.generate(asked(backend, **how), folder)


@pytest.mark.parametrize(
    ("name", "params", "frames", "fps"),
    [
        ("CogVideoXPipeline", "duration=1.2", 9, 8.0),
        ("HunyuanVideoPipeline", "frames=13", 13, 24.0),
        ("LTXPipeline", "duration=0.5&fps=30", 17, 30.0),
        ("LTX2Pipeline", "frames=9", 9, 24.0),
        ("WanPipeline", "frames=9&fps=24", 9, 24.0),
    ],
)
def test_a_clip_has_the_frames_the_size_and_the_rate_that_were_promised(
    models: Path, tmp_path: Path, name: str, params: str, frames: int, fps: float
) -> None:
    backend = opened(models / name, params)
    clip = generated(backend, tmp_path / "clip")
    reader = Reader(clip.path)
    pictures = [picture.bgr.copy() for picture in reader]
    assert {picture.shape for picture in pictures} == {(64, 96, 3)}
    assert (len(pictures), reader.probe.fps) == (frames, fps)
    assert backend.delivery().duration == frames / fps
    assert pictures[0].std() > 1
    assert (clip.model, clip.seed, clip.cost_usd, clip.synthetic) == (name, 1, 0.0, False)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_clip_and_another_seed_another(
    models: Path, tmp_path: Path, name: str
) -> None:
    backend = opened(models / name)
    clips = [generated(backend, tmp_path / str(n), seed=seed).path for n, seed in enumerate((7, 7, 8))]
    first, again, other = (clip.read_bytes() for clip in clips)
    assert first == again
    assert first != other


def test_what_was_asked_of_the_pipeline_is_on_record(wan: Path, tmp_path: Path) -> None:
    clip = generated(opened(wan, "frames=9&guidance=3"), tmp_path / "clip", seed=5)
    assert json.loads(json.dumps(clip.request)) == {
        "class": "WanPipeline",
        "device": "cpu",
        "prompt": MECH.text(),
        "num_frames": 9,
        "width": 96,
        "height": 64,
        "num_inference_steps": 2,
        "guidance_scale": 3.0,
        "max_sequence_length": 512,
        "seed": 5,
    }


def test_a_pipeline_is_loaded_once_for_all_specs_that_share_it(tmp_path: Path) -> None:
    folder = save_tiny("LTXPipeline", tmp_path / "own")
    first = generated(opened(folder), tmp_path / "a")
    second = generated(opened(folder, "frames=17"), tmp_path / "b")
    assert first.latency["load"] > 0
    assert "load" not in second.latency


def test_processes_take_turns_on_a_device(models: Path, tmp_path: Path) -> None:
    backend = opened(models / "LTXPipeline")
    with ThreadPoolExecutor(1) as pool:
        with turn("cpu"):
            waiting = pool.submit(generated, backend, tmp_path / "clip")
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result().latency["queued"] > 0.1


def test_a_prompt_that_is_cut_off_is_noted(models: Path, tmp_path: Path) -> None:
    backend = opened(models / "LTXPipeline")
    assert generated(backend, tmp_path / "a").notes == ()
    (note,) = generated(backend, tmp_path / "b", prompt="ball " * 200).notes
    assert note.endswith("tokens, and LTXPipeline reads 128 of them")


def test_a_broken_picture_is_a_black_clip_and_no_error(wan: Path, tmp_path: Path) -> None:
    import diffusers

    pipeline = diffusers.WanPipeline.from_pretrained(wan)
    pipeline.transformer.proj_out.bias.data.fill_(float("nan"))
    pipeline.save_pretrained(tmp_path / "broken")
    clip = generated(opened(tmp_path / "broken"), tmp_path / "clip")
    assert max(int(picture.bgr.max()) for picture in Reader(clip.path)) < 8


def test_another_version_of_model_or_settings_is_another_clip(wan: Path, tmp_path: Path) -> None:
    def revision(folder: Path, params: str = "frames=9") -> str:
        backend = opened(folder, params)
        return backend.revision(asked(backend))

    copied = shutil.copytree(wan, tmp_path / "copy")
    before = revision(copied)
    assert revision(copied) == before
    assert revision(copied, "frames=9&dtype=bfloat16") != before
    assert revision(copied, "frames=9&guidance=2") != before
    settings = copied / "scheduler" / "scheduler_config.json"
    settings.write_text(settings.read_text().replace("3.0", "5.0"))
    assert revision(copied) != before


def test_half_precision_makes_a_clip_too(wan: Path, tmp_path: Path) -> None:
    clip = generated(opened(wan, "frames=5&dtype=bfloat16"), tmp_path / "clip")
    assert len(list(Reader(clip.path))) == 5


def test_a_card_that_is_too_small_is_named_with_what_to_do_and_serves_again(
    wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import diffusers
    import torch

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nmore")

    backend = opened(wan)
    with monkeypatch.context() as patch:
        patch.setattr(diffusers.WanPipeline, "encode_prompt", full)
        with pytest.raises(GenerationFailed, match=r"cpu has not enough memory; .* add offload=yes$"):
            generated(backend, tmp_path / "a")
    assert generated(backend, tmp_path / "b").path.exists()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (
            "class=NoSuchPipeline&fps=8",
            r"NoSuchPipeline cannot be loaded: LookupError: diffusers \d.* has no",
        ),
        ("class=AutoencoderKLWan&fps=8", "AutoencoderKLWan cannot be loaded: LookupError"),
        ("class=WanVideoToVideoPipeline&fps=8", "no text-to-video pipeline: it does not take num_frames"),
        ("class=FluxPipeline&fps=8", "FluxPipeline cannot be loaded"),
    ],
)
def test_a_class_that_does_not_fit_is_refused_in_one_line(
    wan: Path, tmp_path: Path, params: str, said: str
) -> None:
    with pytest.raises(GenerationFailed, match=said) as caught:
        generated(opened(wan, params), tmp_path / "clip")
    assert "\n" not in str(caught.value)


def test_missing_weights_are_told_in_one_line(wan: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(wan, tmp_path / "copy")
    shutil.rmtree(copied / "transformer")
    with pytest.raises(GenerationFailed, match="WanPipeline cannot be loaded: ") as caught:
        generated(opened(copied), tmp_path / "clip")
    assert "\n" not in str(caught.value)


def test_a_size_that_the_checkpoint_rounds_off_is_told(models: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(models / "WanPipeline", tmp_path / "coarse")
    vae = copied / "vae" / "config.json"
    vae.write_text(json.dumps(json.loads(vae.read_text()) | {"scale_factor_spatial": 16}))
    with pytest.raises(GenerationFailed, match="ask for what it makes"):
        generated(make_backend(f"diffusers:{copied}?steps=1&frames=5&size=80x64&device=cpu"), tmp_path / "a")


def test_a_pipeline_that_nobody_described_is_called_all_the_same(
    wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_videobench.backends.diffusers.rules.known_rules", dict)
    clip = generated(opened(wan, "fps=12&duration=0.75"), tmp_path / "clip")
    reader = Reader(clip.path)
    assert len(list(reader)) == 9
    assert reader.probe.fps == 12.0


@pytest.fixture
def hub(wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache on this machine, with one repository, and no network."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    repository = tmp_path / "hub" / "models--some--model"
    shutil.copytree(wan, repository / "snapshots" / COMMIT)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    return repository


def test_a_repository_is_known_by_its_commit(hub: Path, tmp_path: Path) -> None:
    backend = opened("some/model")
    assert backend.model == "some/model"
    assert backend.delivery().fps == 16.0
    assert COMMIT in backend.revision(asked(backend))
    assert len(list(Reader(generated(backend, tmp_path / "clip").path))) == 9


def test_a_repository_that_cannot_be_reached_is_told_in_one_line(hub: Path) -> None:
    with pytest.raises(SpecError, match="no folder no/such, and the repository cannot be read") as caught:
        opened("no/such")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(known_rules()))
def test_the_data_file_agrees_with_the_installed_diffusers(name: str) -> None:
    import diffusers

    rules, kind = known_rules()[name], getattr(diffusers, name)
    takes = inspect.signature(kind.__call__).parameters
    said = {
        "num_frames": rules.frames,
        "width": (rules.size or (0, 0))[0],
        "height": (rules.size or (0, 0))[1],
        "num_inference_steps": rules.steps,
        "guidance_scale": rules.guidance,
        "max_sequence_length": rules.prompt_tokens,
        rules.fps_argument: rules.fps,
    }
    own = {key: takes[key].default for key in said if key and takes[key].default is not None}
    assert {key: said[key] for key in own} == own
    assert bool(rules.fps_argument) == ("frame_rate" in takes)


def test_a_run_makes_and_scores_clips(suite: Suite, wan: Path) -> None:
    result = suite.run(
        "--vb-rolls=1", "-p", "no:xdist", backend=f"diffusers:{wan}?steps=1&frames=9&size=96x64&device=cpu"
    )
    rows = suite.rows()
    assert {row["verdict"] for row in rows} <= {"pass", "fail"}, result.stdout.str()
    assert [row["probe"]["frames"] for row in rows] == [9, 9]
    assert all("made: running" in row["timing"] for row in rows)
