"""The protocol of OpenAI's videos in three dialects: vLLM-Omni, SGLang, and a gateway."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

STATUS = {"queued": "queued", "running": "in_progress", "done": "completed", "failed": "failed"}
PATTERNS = {"seconds": r"[1-9]\d*", "size": r"\d+x\d+", "seed": r"\d+", "num_frames": r"\d+"}


class FakeOpenAIVideos(Fake):
    """A server with the dialect of vLLM-Omni, until it is told otherwise."""

    prefix = "/v1"
    phases_without_key: ClassVar[frozenset[str]] = frozenset({"store"})
    dialect: Literal["vllm", "sglang", "gateway"] = "vllm"
    uploads = False
    """True where clips go to a store, as SGLang can be set up to do."""

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as OpenAI does, or as FastAPI does by itself."""
        if self.dialect == "sglang":
            return Answer(status=status, json={"detail": message})
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
        return Answer(status=status, json={"error": error})

    @route("POST", "/v1/videos", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a job."""
        if not call.headers["content-type"].startswith("multipart/form-data"):
            return self.refusal(422, "Field required: prompt")
        form = call.form()
        wrong = [
            name for name in PATTERNS.keys() & form.keys() if not re.fullmatch(PATTERNS[name], form[name])
        ]
        if wrong or not form.get("prompt"):
            return self.refusal(422, f"invalid {wrong or 'prompt'}")
        return Answer(json=self._video(self.create(dict(form), f"video_gen_{len(self.jobs):04x}")))

    @route("GET", "/v1/videos/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a job."""
        job = self.jobs.get(call.match[0])
        return self.refusal(404, "video not found") if job is None else self._told(job)

    @route("GET", "/v1/videos/([^/]+)/content", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip, where there is one."""
        job = self.jobs[call.match[0]]
        state = self.state(job)
        if state in ("queued", "running"):
            return self.refusal(404, "Generation is still in-progress")
        if state == "failed":
            return self.refusal(422 if self.dialect == "vllm" else 404, "no output")
        if self.uploads:
            return self.refusal(400, f"Video has been uploaded to cloud storage: {self._stored(job)}")
        return self.video(call)

    @route("GET", "/store/([^/]+).mp4", "store")
    def store(self, call: Call) -> Answer:
        """Give a clip from the store."""
        return self.video(call)

    @route("DELETE", "/v1/videos/([^/]+)", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Forget a job; vLLM-Omni ends it as well."""
        job = self.jobs[call.match[0]]
        job.cancelled = self.dialect == "vllm"
        if self.dialect == "sglang":
            return Answer(json=self._video(job) | {"status": "deleted"})
        return Answer(json={"id": job.id, "object": "video.deleted", "deleted": True})

    def _told(self, job: FakeJob) -> Answer:
        failed = self.state(job) == "failed"
        return Answer(status=500 if failed and self.dialect == "vllm" else 200, json=self._video(job))

    def _video(self, job: FakeJob) -> dict[str, Any]:
        state = self.state(job)
        status, error = STATUS[state], None
        if state == "failed":
            error = {"code": 500, "message": "out of memory"}
        if state == "failed" and self.dialect == "gateway":
            status, error = "completed", {"code": "moderation_blocked", "message": "blocked by moderation"}
        return {
            "id": job.id,
            "object": "video",
            "model": job.asked.get("model", ""),
            "status": status,
            "progress": {"queued": 0, "running": 50}.get(state, 100),
            "created_at": 1795341485,
            "completed_at": None,
            "expires_at": None,
            "error": error,
            "prompt": job.asked["prompt"],
            "remixed_from_video_id": None,
            "seconds": job.asked.get("seconds", "4"),
            "size": job.asked.get("size"),
            "url": self._stored(job) if self.uploads and state == "done" else None,
            "inference_time_s": self.seconds if state == "done" else None,
        }

    def _stored(self, job: FakeJob) -> str:
        return f"{self.origin.replace('127.0.0.1', 'localhost')}/store/{job.id}.mp4"
