"""ComfyUI's API: a workflow of the user's, with placeholders for what changes from clip to clip."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from pytest_videobench.backends.providers.comfyui_history import at_last, ended
from pytest_videobench.backends.remote.backend import remote_backend
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.provider import Bearer
from pytest_videobench.backends.remote.template import NAMES, digest_of, filled, placeholders, values_of
from pytest_videobench.backends.remote.wire import (
    Failure,
    Follow,
    HttpReply,
    HttpRequest,
    Job,
    Queued,
    Running,
    text_at,
)
from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.offer import Model
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State

_KNOWN = NAMES - {"ratio"} | {"frames"}


class ComfyUI(Bearer):
    """ComfyUI: a workflow of your own on your own server."""

    offer = read_offer("comfyui")

    def __init__(self, spec: BackendSpec) -> None:
        super().__init__(spec)
        path = Path(dict(spec.params).get("workflow", ""))
        self._workflow = _read(spec, path)
        assert self.offer.any_model is not None
        self._model = _fitted(self.offer.any_model, placeholders(self._workflow))
        named = replace(self._model, name=path.stem)
        self.offer = replace(self.offer, models={path.stem: named}, any_model=self._model)

    def revision(self) -> str:
        """Give a digest of the workflow."""
        return digest_of(self._workflow)

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a run of the workflow, under a name of our own."""
        shape = self._model.shapes[0]
        values = {"width": shape.width, "height": shape.height, "fps": self._model.fps} | values_of(order)
        values["frames"] = round(order.seconds * values["fps"]) + 1  # as the models count: 81, 121
        body = {"prompt": filled(self._workflow, values), "prompt_id": _name(order)}
        return HttpRequest(method="POST", url="prompt", json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the name, and the number that tells this run from an earlier one of the same name."""
        data = reply.data()
        return Job(id=text_at(data, "prompt_id"), links={"number": text_at(data, "number")})

    def refusal(self, reply: HttpReply, job: Job | None) -> State | None:
        """Say which nodes of a workflow are wrong."""
        try:
            data = json.loads(reply.body)
            nodes = data["node_errors"].items()
            wrong = [f"node {node}: {_told(error)}" for node, found in nodes for error in found["errors"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return Failure(kind="bad_request", message="; ".join(wrong)) if wrong and job is None else None

    def poll(self, job: Job) -> HttpRequest:
        """Ask for what has been made."""
        return HttpRequest(method="GET", url=f"history/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read the history, and look for what is not in it in the queue."""
        queue = HttpRequest(method="GET", url="queue")
        return ended(job, reply) or Follow(request=queue, read=partial(self._queued, job))

    def cancel(self, job: Job) -> HttpRequest:
        """Take a run out of the queue."""
        return HttpRequest(method="POST", url="queue", json={"delete": [job.id]})

    def search(self, order: Order) -> HttpRequest:
        """Look for the run of an order."""
        return self.poll(Job(id=_name(order)))

    def found(self, order: Order, reply: HttpReply) -> Job:
        """Give the name, which is ours: the poll finds out whether there is a run of it."""
        return Job(id=_name(order))

    def _queued(self, job: Job, reply: HttpReply) -> State:
        data = reply.data()
        for key, state in (("queue_running", Running()), ("queue_pending", Queued())):
            if any(isinstance(entry, list) and job.id in entry for entry in data.get(key) or []):
                return state
        return Follow(request=self.poll(job), read=partial(at_last, job))


def _read(spec: BackendSpec, path: Path) -> dict[str, Any]:
    start = f"backend {str(spec)!r}: "
    if not path.name:
        raise SpecError(f"{start}which workflow? add ?workflow=FILE, exported for the API")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"{start}cannot read the workflow {path}: {error}") from None
    nodes = found.values() if isinstance(found, dict) else [None]
    if not all(isinstance(node, dict) and "class_type" in node for node in nodes):
        raise SpecError(f"{start}{path} is no workflow for the API; save it with Export (API)")
    names = placeholders(found)
    if unknown := sorted(names - _KNOWN):
        known = ", ".join(sorted(_KNOWN))
        raise SpecError(f"{start}{path}: unknown placeholder {{{unknown[0]}}}; known: {known}")
    if "prompt" not in names:
        raise SpecError(f"{start}{path} has no {{prompt}}; put it in the place of the prompt's text")
    return dict(found)


def _fitted(model: Model, names: frozenset[str]) -> Model:
    """Let a model promise what the workflow can be told, and no more."""
    told = names | {"seconds"} if "frames" in names else names
    blank = not {"width", "height", "seconds", "fps"} <= told
    return replace(model, blank=blank, conveys=told, seed=model.seed if "seed" in names else None)


def _name(order: Order) -> str:
    return str(uuid5(NAMESPACE_OID, order.key))


def _told(error: dict[str, Any]) -> str:
    return f"{error.get('message', 'wrong')} ({error.get('details', '')})"


comfyui = remote_backend(ComfyUI)
