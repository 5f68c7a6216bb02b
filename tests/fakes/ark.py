"""Ark: tasks that echo their seed; a field that a model does not know has to be absent, or null."""

from __future__ import annotations

from typing import Any

from tests.fakes.server import Answer, Call, Fake, route

FIELDS = {
    "model",
    "content",
    "resolution",
    "ratio",
    "duration",
    "seed",
    "watermark",
    "generate_audio",
    "execution_expires_after",
}
STATUS = {"done": "succeeded"}


class FakeArk(Fake):
    """Tasks of BytePlus ModelArk."""

    prefix = "/api/v3"
    failure = ("OutputVideoSensitiveContentDetected", "The output video may contain sensitive information.")
    expired = False

    @route("POST", "/api/v3/contents/generations/tasks", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a task; an inapplicable field is refused, and null counts as absent."""
        body = {name: value for name, value in call.json().items() if value is not None}
        silent = str(body.get("model", "")).startswith("seedance-1-0")
        known = FIELDS - {"generate_audio"} if silent else FIELDS
        for name in sorted(body.keys() - known):
            return self.refusal(400, f"The parameter `{name}` specified in the request must be empty.")
        if not body.get("content") or body["content"][0].get("type") != "text":
            return self.refusal(400, "The parameter `content` is missing.")
        return Answer(json={"id": self.create(body, f"cgt-2026-{len(self.jobs)}").id})

    @route("GET", "/api/v3/contents/generations/tasks/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a task."""
        job = self.jobs.get(call.match[0])
        if job is None:
            return self.refusal(404, "The specified task is not found.")
        job.polls += 1
        state = self.state(job)
        status = "expired" if self.expired else STATUS.get(state, state)
        body: dict[str, Any] = {
            "id": job.id,
            "model": job.asked["model"],
            "status": status,
            "created_at": 1795400000,
            "updated_at": 1795400002,
            "service_tier": "default",
        }
        if status == "succeeded":
            body |= {
                "content": {"video_url": f"{self.origin}/out/{job.id}.mp4?sig={job.polls}"},
                "usage": {"completion_tokens": 108900, "total_tokens": 108900},
                "seed": job.asked.get("seed", 7),
                "resolution": job.asked.get("resolution"),
                "ratio": job.asked.get("ratio"),
                "duration": str(job.asked.get("duration")),
                "framespersecond": 24,
            }
        if status == "failed":
            body["error"] = dict(zip(("code", "message"), self.failure, strict=True))
        return Answer(json=body)

    @route("DELETE", "/api/v3/contents/generations/tasks/([^/]+)", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel a task that waits, or forget one that ended."""
        job = self.jobs[call.match[0]]
        if self.state(job) == "running":
            return self.refusal(400, "The task is running and cannot be deleted.")
        job.cancelled = True
        return Answer(json={})

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call)

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as Ark does."""
        code = {401: "AuthenticationError", 429: "RateLimitExceeded"}.get(status, "InvalidParameter")
        error = {"code": code, "message": message, "param": "", "type": "BadRequest"}
        return Answer(status=status, json={"error": error})
