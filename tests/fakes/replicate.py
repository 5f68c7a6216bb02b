"""Replicate: predictions by model or by version, whose data is removed after an hour."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUS = {
    "queued": "starting",
    "running": "processing",
    "done": "succeeded",
    "failed": "failed",
    "cancelled": "canceled",
}


class FakeReplicate(Fake):
    """The API."""

    lists = False
    """True for models whose output is a list."""
    removed = False
    """True where more than an hour has passed."""
    ends: Mapping[str, str] = MappingProxyType({})
    """How jobs end, by id, where it is in none of the usual ways."""

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal."""
        body = {"title": "Refused", "detail": message, "status": status, "type": "about:blank"}
        return Answer(status=status, json=body)

    @route("POST", "/v1/models/([^/]+/[^/]+)/predictions", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a prediction by model."""
        return Answer(status=201, json=self._told(self.create(call.json() | {"model": call.match[0]})))

    @route("POST", "/v1/predictions", "submit")
    def submit_version(self, call: Call) -> Answer:
        """Take a prediction by version."""
        body = call.json()
        if not re.fullmatch("[0-9a-f]{64}", body.get("version", "")):
            return self.refusal(422, "version does not exist")
        return Answer(status=201, json=self._told(self.create(body)))

    @route("GET", "/v1/predictions/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a prediction."""
        return Answer(json=self._told(self.jobs[call.match[0]]))

    @route("POST", "/v1/predictions/([^/]+)/cancel", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel a prediction."""
        job = self.jobs[call.match[0]]
        job.cancelled = True
        return Answer(json=self._told(job))

    @route("GET", "/files/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call)

    def _told(self, job: FakeJob) -> dict[str, Any]:
        state = self.state(job)
        url = f"{self.origin}/v1/predictions/{job.id}"
        done = state == "done" and not self.removed
        file = f"{self.origin}/files/{job.id}.mp4"
        return {
            "id": job.id,
            "model": job.asked.get("model", "owner/name"),
            "version": job.asked.get("version", "hidden"),
            "input": job.asked["input"],
            "logs": "",
            "error": "the model ran out of memory" if state == "failed" else None,
            "data_removed": self.removed,
            "created_at": "2026-11-22T10:00:00.000Z",
            "started_at": None if state == "queued" else "2026-11-22T10:00:01.000Z",
            "completed_at": "2026-11-22T10:00:02.000Z" if state == "done" else None,
            "status": self.ends.get(job.id, STATUS[state]),
            "output": ([file] if self.lists else file) if done else None,
            "metrics": {"predict_time": self.seconds} if state == "done" else {},
            "urls": {"get": url, "cancel": f"{url}/cancel", "web": url, "stream": url},
        }
