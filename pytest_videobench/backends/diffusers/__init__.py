"""``diffusers:REPO_OR_PATH``: an open text-to-video model, run in this process by 🤗 diffusers."""

from __future__ import annotations

import json
import re
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.base import NOTHING_ASKED, Backend, BackendSpec, Generation, Request
from pytest_videobench.backends.diffusers.rules import RATES, Rules, rules_for
from pytest_videobench.backends.diffusers.source import INDEX, Source, hub_source, local_folder
from pytest_videobench.backends.params import merged, read_delivery
from pytest_videobench.errors import DeliveryError, SpecError
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_videobench.backends.diffusers.engine import Load, Take

WRITER = "diffusers-1"
"""Part of every clip's key in the store: it changes whenever this backend makes other pictures."""
PACKAGES = ("torch", "diffusers", "transformers")
"""What the extra brings and the pictures depend on."""
CRF = 12
"""x264's constant rate factor: what is scored is the model's picture and not the encoder's."""
_PARAMS = ("class", "device", "dtype", "frames", "guidance", "offload", "revision", "steps")
_SECONDS_PER_CLIP = 120.0
"""A guess for previews: from seconds to half an hour, by model and card."""


class Diffusers(Backend):
    """Clips of an open model on this machine, made by a pipeline of diffusers.

    ``class`` names the pipeline where the model's own index is not to decide; ``device``, ``dtype`` and
    ``offload`` say where and how it runs, ``steps``, ``guidance`` and ``frames`` what it is asked, and
    ``revision`` which version of a repository it is.
    """

    synthetic = False
    seconds_per_clip = _SECONDS_PER_CLIP
    asides = frozenset({"device", "offload"})
    """Where it runs; the kind of device is part of the revision."""

    def __init__(self, spec: BackendSpec) -> None:
        if not spec.model:
            raise SpecError("backend 'diffusers' needs a model: diffusers:FOLDER or diffusers:OWNER/NAME")
        self.spec = spec
        self._params = dict(spec.params)
        self._asked = read_delivery(spec, also=_PARAMS)
        self._read_params()
        self._source = self._found()
        self.model = self._source.name
        self.delivery()  # refuses a spec of its own accord

    @staticmethod
    def absent() -> list[str]:
        """Name the packages of the extra that are not installed."""
        return [name for name in PACKAGES if find_spec(name) is None]

    def delivery(self, asked: Delivery = NOTHING_ASKED) -> Delivery:
        """Say what the clips will be; raise a ``DeliveryError`` for what the pipeline does not make."""
        return self._delivery(asked, nearest=False)

    def nearest(self, asked: Delivery) -> Delivery:
        """Say what the clips will be, as near as the pipeline comes to what a prompt would like."""
        return self._delivery(asked, nearest=True)

    def price(self, delivery: Delivery) -> float:  # noqa: ARG002
        """Return 0: the machine is one's own."""
        return 0.0

    def revision(self, request: Request) -> str:  # noqa: ARG002
        """Give the versions of model and libraries, and what is asked of the pipeline by default."""
        load = self._load
        what = {
            "writer": WRITER,
            "model": self._source_revision,
            "class": load.pipeline,
            "device": load.device.partition(":")[0],
            "dtype": [load.dtype, load.vae_dtype],
            "call": self._settings(),
        } | {name: version(name) for name in PACKAGES}
        return json.dumps(what, sort_keys=True)

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Run the pipeline and write its frames as ``clip.mp4`` in ``workdir``."""
        from pytest_videobench.backends.diffusers.engine import run
        from pytest_videobench.media import encode

        call, path = self._call(request), workdir / "clip.mp4"
        take = run(self._load, call, request.seed)
        height, width = take.frames.shape[1:3]
        fps = request.delivery.fps or self._native_fps()
        encode(take.frames, path, size=(width, height), fps=fps, crf=CRF)
        return Generation(
            path=path,
            model=self.model,
            seed=request.seed,
            latency=take.latency,
            request=call | {"class": self._load.pipeline, "device": self._load.device, "seed": request.seed},
            notes=self._notes(request, take),
        )

    def _found(self) -> Source:
        """Give the model's files; a repository is looked up, and nothing but its index fetched."""
        folder = local_folder(str(self.spec), self.spec.model)
        lacking = self.absent()
        if lacking:
            raise self._refusal(
                f"not installed: {', '.join(lacking)}; pip install 'pytest-videobench[diffusers]'"
            )
        revision = self._params.get("revision")
        if folder is None:
            return hub_source(str(self.spec), self.spec.model, revision)
        if revision is not None:
            raise self._refusal(f"parameter 'revision': {folder} is a folder and has none")
        return Source(place=str(folder), name=folder.name, index=folder / INDEX)

    @cached_property
    def _source_revision(self) -> str:
        return self._source.revision()

    @cached_property
    def _rules(self) -> Rules:
        return rules_for(self._params.get("class") or self._source.pipeline())

    @cached_property
    def _load(self) -> Load:
        from pytest_videobench.backends.diffusers.engine import Load, best_device

        device = self._params.get("device") or best_device()
        dtype = self._params.get("dtype") or ("float32" if device == "cpu" else self._rules.dtype)
        return Load(
            place=self._source.place,
            commit=self._source.commit,
            pipeline=self._rules.name,
            device=device,
            dtype=dtype,
            vae_dtype=self._rules.vae_dtype if self._rules.vae_dtype != dtype else None,
            offload=self._params.get("offload") == "yes",
        )

    def _read_params(self) -> None:
        """Read the parameters of its own; the first that makes no sense is a :class:`SpecError`."""
        self._steps = self._read("steps", _whole, "a whole number from 1")
        self._frames = self._read("frames", _whole, "a whole number from 1")
        self._guidance = self._read("guidance", _not_negative, "a number from 0")
        self._read("class", _matching(r"[A-Za-z]\w*"), "the name of a class such as WanPipeline")
        self._read("device", _matching(r"cuda(:\d+)?|mps|cpu"), "cuda, cuda:NUMBER, mps or cpu")
        self._read("dtype", _matching("bfloat16|float16|float32"), "bfloat16, float16 or float32")
        self._read("offload", _matching("yes|no"), "yes or no")
        self._read("revision", _matching(r"\S+"), "a branch, tag or commit")
        if self._frames is not None and self._asked.duration is not None:
            raise self._refusal("parameters 'frames' and 'duration' exclude each other")
        if self._params.get("device") == "cpu" and self._params.get("offload") == "yes":
            raise self._refusal("offload=yes moves weights off a GPU; leave it out with device=cpu")

    def _refusal(self, message: str) -> SpecError:
        return SpecError(f"backend {str(self.spec)!r}: {message}")

    def _read(self, name: str, reader: Callable[[str], Any], wanted: str) -> Any:
        text = self._params.get(name)
        try:
            return None if text is None else reader(text)
        except ValueError:
            raise self._refusal(f"parameter {name!r}: expected {wanted}, got {text!r}") from None

    def _delivery(self, asked: Delivery, *, nearest: bool) -> Delivery:
        wanted = merged(self._asked, asked)
        try:
            fps = self._fps(wanted, nearest=nearest)
            frames = self._frame_count(wanted.duration, fps, nearest=nearest)
            size = self._rules.size_for(wanted, nearest=nearest) or (None, None)
        except ValueError as error:
            raise DeliveryError(
                f"backend {str(self.spec)!r}: {self._rules.name} cannot deliver {error}"
            ) from None
        return Delivery(
            duration=None if frames is None else frames / fps, fps=fps, width=size[0], height=size[1]
        )

    def _native_fps(self) -> float:
        """Give the rate at which the model moves: what the spec says of this checkpoint, else its class."""
        fps = self._asked.fps or self._rules.fps
        if fps is None:
            raise self._refusal(f"at which rate does {self._rules.name} move? add fps=NUMBER")
        return fps

    def _fps(self, wanted: Delivery, *, nearest: bool) -> float:
        native, (low, high) = self._native_fps(), RATES
        fps = wanted.fps or native
        if fps != native and not self._rules.fps_argument:
            if nearest:
                return native
            raise ValueError(f"{fps:g} fps; it moves at {native:g} fps, unless ?fps= says otherwise")
        if not low <= fps <= high:
            raise ValueError(f"{fps:g} fps; it can {low:g} to {high:g} fps")
        return fps

    def _frame_count(self, seconds: float | None, fps: float, *, nearest: bool) -> int | None:
        if self._frames is not None:
            self._rules.check_frames(self._frames)
            return int(self._frames)
        if seconds is None:
            return self._rules.frames
        return self._rules.frames_for(seconds, fps, nearest=nearest)

    def _settings(self) -> dict[str, Any]:
        """Give the arguments that are the same for every clip."""
        rules = self._rules
        settings = {
            "num_inference_steps": self._steps or rules.steps,
            "guidance_scale": rules.guidance if self._guidance is None else self._guidance,
            "max_sequence_length": rules.prompt_tokens,
        }
        return {name: value for name, value in settings.items() if value is not None}

    def _call(self, request: Request) -> dict[str, Any]:
        asked = request.delivery
        fps = asked.fps or self._native_fps()
        call: dict[str, Any] = {
            "prompt": request.prompt.text(),
            "num_frames": None if asked.duration is None else round(asked.duration * fps),
            "width": asked.width,
            "height": asked.height,
        }
        if self._rules.fps_argument:
            call[self._rules.fps_argument] = fps
        return {name: value for name, value in call.items() if value is not None} | self._settings()

    def _notes(self, request: Request, take: Take) -> tuple[str, ...]:
        limit, wished, made = self._rules.prompt_tokens, request.prompt.delivery, request.delivery
        notes = []
        if limit is not None and (take.prompt_tokens or 0) > limit:
            notes.append(
                f"the prompt has {take.prompt_tokens} tokens, and {self.model} reads {limit} of them"
            )
        if wished.duration and made.duration and abs(wished.duration - made.duration) > _TOLERATED_SECONDS:
            notes.append(
                f"the prompt asks for {wished.duration:g} s; "
                f"{self.model} makes {made.duration:g} s at the nearest"
            )
        return tuple(notes)


_TOLERATED_SECONDS = 0.5
"""Between what a prompt asks for and what is made: a model's steps of frames are no news."""


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < 1:
        raise ValueError
    return int(text)


def _not_negative(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1e6:
        raise ValueError
    return value


def _matching(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return read
