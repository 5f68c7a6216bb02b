"""Pipelines in this process: loaded once, run in turn, their pictures as bytes."""

from __future__ import annotations

import inspect
import os
import tempfile
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from traceback import clear_frames
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import SetupFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

NEEDED = frozenset({"prompt", "generator", "num_frames"})
"""Arguments without which a pipeline is no text-to-video pipeline, or cannot be repeated."""
_OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory")
"""How the devices say it; only CUDA has an error of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is loaded: two specs that differ in nothing of it share one pipeline."""

    place: str
    """A folder, or a repository of the hub."""
    commit: str | None
    pipeline: str
    """Name of the class."""
    device: str
    dtype: str
    vae_dtype: str | None
    offload: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What a pipeline made."""

    frames: NDArray[np.uint8]
    """Frames × height × width × BGR."""
    latency: Mapping[str, float]
    """Seconds ``queued`` for the device, spent to ``load`` and ``running``; what took none is left out."""
    prompt_tokens: int | None
    """Tokens of the whole prompt, where the pipeline's tokenizer tells."""


@dataclass(slots=True)
class _Studio:
    """The pipelines of this process."""

    pipelines: dict[Load, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


_STUDIO = _Studio()


def best_device() -> str:
    """Name the device that there is: cuda before mps before cpu."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def run(load: Load, call: Mapping[str, Any], seed: int) -> Take:
    """Make one clip; raise :class:`SetupFailed` with what to do where that fails."""
    begun = time.perf_counter()
    with _STUDIO.lock, turn(load.device), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries deprecate is no news about a clip
        started = time.perf_counter()
        with _failures(load, "cannot be loaded"):
            pipeline = _loaded(load)
        loaded = time.perf_counter()
        _check_call(load, pipeline, call)
        with _failures(load, "failed"):
            frames = _filmed(pipeline, call, seed)
            tokens = _tokens(pipeline, call["prompt"])
        ended = time.perf_counter()
    _check_frames(load, frames, call)
    phases = {"queued": started - begun, "load": loaded - started, "running": ended - loaded}
    return Take(
        frames=frames,
        latency={name: seconds for name, seconds in phases.items() if seconds >= 0.01},
        prompt_tokens=tokens,
    )


@contextmanager
def turn(device: str) -> Iterator[None]:
    """Hold a device while others wait: the processes of one user take turns on it."""
    from filelock import FileLock

    user = os.getuid() if hasattr(os, "getuid") else ""  # elsewhere the folder is the user's own
    name = f"videobench-{user}-{device.replace(':', '-')}.lock"
    with FileLock(Path(tempfile.gettempdir()) / name):
        yield


@contextmanager
def _failures(load: Load, what: str) -> Iterator[None]:
    """Turn whatever the libraries raise into one line."""
    try:
        yield
    except Exception as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        clear_frames(error.__traceback__)  # they hold what fills the card, for as long as the error is kept
        if isinstance(error, MemoryError) or any(text in str(error).lower() for text in _OUT_OF_MEMORY):
            _free(load.device)
            raise SetupFailed(
                f"{load.place}: {load.device} has not enough memory; ask for a smaller size or fewer frames, "
                "use fewer workers (-n) or, on a GPU, add offload=yes"
            ) from error
        raise SetupFailed(f"{load.place}: {load.pipeline} {what}: {type(error).__name__}: {said}") from error


def _free(device: str) -> None:
    import torch

    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()


def _loaded(load: Load) -> Any:
    if load not in _STUDIO.pipelines:
        _STUDIO.pipelines[load] = _from_pretrained(load)
    return _STUDIO.pipelines[load]


def _from_pretrained(load: Load) -> Any:
    import diffusers
    import torch

    kind: Any = getattr(diffusers, load.pipeline, None)
    if not hasattr(kind, "from_pretrained") or not issubclass(kind, diffusers.DiffusionPipeline):
        raise LookupError(f"diffusers {diffusers.__version__} has no such pipeline")
    dtype: Any = getattr(torch, load.dtype)
    if load.vae_dtype is not None:
        dtype = {"default": dtype, "vae": getattr(torch, load.vae_dtype)}
    pipeline: Any = kind.from_pretrained(load.place, revision=load.commit, dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    _save_memory(pipeline)
    if load.offload and load.device != "cpu":
        pipeline.enable_model_cpu_offload(device=load.device)
    else:
        pipeline.to(load.device)
    return pipeline


def _save_memory(pipeline: Any) -> None:
    """Let the decoder work piece by piece: whole clips of common sizes do not fit on common cards."""
    for switch in ("enable_tiling", "enable_slicing"):
        if hasattr(getattr(pipeline, "vae", None), switch):
            getattr(pipeline.vae, switch)()


def _check_call(load: Load, pipeline: Any, call: Mapping[str, Any]) -> None:
    """Refuse a pipeline that makes something else, or of something else than a prompt."""
    takes = inspect.signature(pipeline.__call__).parameters
    if lacking := sorted(NEEDED.difference(takes)):
        fault = f"is no text-to-video pipeline: it does not take {', '.join(lacking)}"
    elif bare := sorted(_required(takes).difference(call, NEEDED)):
        fault = f"is no text-to-video pipeline: it also needs {', '.join(bare)}"
    elif foreign := sorted(set(call).difference(takes)):
        fault = f"does not take {', '.join(foreign)}; ask for what it takes"
    else:
        return
    raise SetupFailed(f"{load.place}: {load.pipeline} {fault}")


def _required(takes: Mapping[str, inspect.Parameter]) -> set[str]:
    return {
        name for name, one in takes.items() if one.default is one.empty and one.kind is not one.VAR_KEYWORD
    }


def _filmed(pipeline: Any, call: Mapping[str, Any], seed: int) -> NDArray[np.uint8]:
    import numpy as np
    import torch

    # On the CPU, so that a seed gives the same noise on every device.
    generator = torch.Generator(device="cpu").manual_seed(seed)
    frames = np.asarray(pipeline(**call, generator=generator, output_type="np").frames[0])
    levels = np.nan_to_num(frames, nan=0.0, posinf=1.0, neginf=0.0).clip(0.0, 1.0)
    return np.ascontiguousarray((levels * 255.0).round().astype(np.uint8)[..., ::-1])


def _tokens(pipeline: Any, prompt: str) -> int | None:
    tokenizer = getattr(pipeline, "tokenizer", None)
    return len(tokenizer(prompt).input_ids) if tokenizer is not None else None


def _check_frames(load: Load, frames: NDArray[np.uint8], call: Mapping[str, Any]) -> None:
    """Refuse what the pipeline rounded off by itself: it would be held against the model."""
    made = dict(zip(("num_frames", "height", "width"), frames.shape, strict=False))
    asked = {name: call.get(name, length) for name, length in made.items()}
    if asked != made:
        raise SetupFailed(
            f"{load.place}: {load.pipeline} made {_spelled(made)} where {_spelled(asked)} were asked; "
            "ask for what it makes"
        )


def _spelled(lengths: Mapping[str, int]) -> str:
    return "{num_frames} frames of {width}x{height}".format(**lengths)
