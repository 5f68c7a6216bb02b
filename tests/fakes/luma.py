"""Luma: the API for agents, whose outputs are signed anew per answer, and the older one."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

RATIOS = ("9:16", "3:4", "1:1", "4:3", "16:9", "21:9")


class FakeLuma(Fake):
    """The API for agents."""

    prefix = "/v1"
    words: ClassVar[dict[str, str]] = {
        "queued": "queued",
        "running": "processing",
        "done": "completed",
        "failed": "failed",
    }
    failure: tuple[str | None, str] = ("content_moderated", "The prompt was moderated.")

    @route("POST", "/v1/generations", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a generation."""
        body = call.json()
        if unknown := body.keys() - {"model", "type", "prompt", "aspect_ratio", "video"}:
            return self.refusal(422, f"unknown fields {sorted(unknown)}")
        video = body["video"]
        if (
            body["aspect_ratio"] not in RATIOS
            or video["duration"] not in ("5s", "10s")
            or video["resolution"] not in ("360p", "540p", "720p", "1080p")
        ):
            return self.refusal(422, "invalid value")
        return self._told(self.create(body), 201)

    @route("GET", "/v1/generations/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a generation."""
        job = self.jobs.get(call.match[0])
        if job is None:
            return self.refusal(404, "no such generation")
        job.polls += 1
        return self._told(job)

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip; the newest address alone is valid."""
        if call.query.get("sig") != str(self.jobs[call.match[0]].polls):
            return Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
        return self.video(call)

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal; the shape of it was not verified, so it is the plainest one."""
        return Answer(status=status, json={"detail": message})

    def _told(self, job: FakeJob, status: int = 200) -> Answer:
        state = self.state(job)
        body: dict[str, Any] = {
            "id": job.id,
            "created_at": "2026-11-22T10:00:00Z",
            "model": job.asked["model"],
            "state": self.words[state],
            **self._output(job, state),
        }
        headers = {"x-api-version": "2026-04-01"}
        return Answer(status=status, json=body, headers=headers)

    def _output(self, job: FakeJob, state: str) -> dict[str, Any]:
        failed = state == "failed"
        return {
            "type": "video",
            "output": [{"type": "video", "url": self._url(job)}] if state == "done" else [],
            "failure_code": self.failure[0] if failed else None,
            "failure_reason": self.failure[1] if failed else None,
        }

    def _url(self, job: FakeJob) -> str:
        return f"{self.origin}/out/{job.id}.mp4?sig={job.polls}"


class FakeLumaLegacy(FakeLuma):
    """The older API."""

    prefix = "/dream-machine/v1"
    words: ClassVar[dict[str, str]] = {
        "queued": "queued",
        "running": "dreaming",
        "done": "completed",
        "failed": "failed",
    }
    failure = (None, "The prompt was moderated.")

    @route("POST", "/dream-machine/v1/generations/video", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a generation."""
        body = call.json()
        if unknown := body.keys() - {"model", "prompt", "aspect_ratio", "duration", "resolution"}:
            return self.refusal(422, f"unknown fields {sorted(unknown)}")
        if body["duration"] not in ("5s", "9s"):
            return self.refusal(422, "invalid duration")
        return self._told(self.create(body), 201)

    @route("GET", "/dream-machine/v1/generations/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a generation."""
        return super().poll(call)

    def _output(self, job: FakeJob, state: str) -> dict[str, Any]:
        return {
            "generation_type": "video",
            "assets": {"video": self._url(job)} if state == "done" else None,
            "failure_reason": self.failure[1] if state == "failed" else None,
        }
