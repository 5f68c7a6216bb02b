"""What ComfyUI remembers of a run: how it ended, and which files it saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.remote.wire import (
    Failure,
    HttpReply,
    HttpRequest,
    Job,
    Succeeded,
    WireError,
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.backends.remote.wire import State

_OUTPUTS = ("images", "gifs", "videos")
"""Where nodes list what they saved: ComfyUI's own say ``images`` of videos, too."""
_VIDEOS = (".mp4", ".webm", ".mkv", ".mov", ".avi", ".gif")


def ended(job: Job, reply: HttpReply) -> State | None:
    """Read an entry of the history; ``None`` where there is none of this run."""
    entry = reply.data().get(job.id)
    if not isinstance(entry, dict) or _number(entry) != job.links.get("number", _number(entry)):
        return None
    status = text_at(entry, "status", "status_str")
    if status == "success":
        return _output(entry)
    if status == "error":
        return _failure(entry["status"].get("messages"))
    raise WireError(f"unknown status {status!r}")


def _number(entry: dict[str, Any]) -> str:
    return text_at(entry, "prompt", 0)


def at_last(job: Job, reply: HttpReply) -> State:
    """Look again: a run may have ended between the first look and the one at the queue."""
    return ended(job, reply) or Failure(
        kind="not_found", message="ComfyUI knows no such run; it was restarted, or its queue was cleared"
    )


def _failure(messages: Any) -> Failure:
    events = {m[0]: m[1] for m in messages or [] if isinstance(m, list) and len(m) == 2}
    if "execution_interrupted" in events:
        return Failure(kind="cancelled", message="the run was interrupted")
    said = events.get("execution_error") or {}
    where = f"node {said.get('node_id', '?')} ({said.get('node_type', '?')})"
    return Failure(
        kind="generation_failed", message=f"{where}: {said.get('exception_message', 'no reason given')}"
    )


def _output(entry: dict[str, Any]) -> State:
    files = list(_files(entry.get("outputs")))
    videos = [file for file in files if file["filename"].lower().endswith(_VIDEOS)]
    if not videos:
        saved = ", ".join(file["filename"] for file in files) or "nothing"
        return Failure(kind="generation_failed", message=f"the workflow saved no video, but {saved}")
    best = next((file for file in videos if file.get("type") == "output"), videos[0])
    query = {key: str(best.get(key, "")) for key in ("filename", "subfolder", "type")}
    return Succeeded(fetch=HttpRequest(method="GET", url="view", query=query), with_key=True)


def _files(outputs: Any) -> Iterator[dict[str, Any]]:
    for node in outputs.values() if isinstance(outputs, dict) else []:
        for key in _OUTPUTS:
            for file in node.get(key) or []:
                if isinstance(file, dict) and isinstance(file.get("filename"), str):
                    yield file
