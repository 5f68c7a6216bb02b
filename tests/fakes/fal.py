"""fal's queue: nobody is refused, failures are COMPLETED, and addresses leave out the end of a model's name."""

from __future__ import annotations

from typing import Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

STATUS = {
    "queued": "IN_QUEUE",
    "running": "IN_PROGRESS",
    "done": "COMPLETED",
    "failed": "COMPLETED",
    "cancelled": "COMPLETED",
}
RESOLUTIONS = ("480p", "720p", "1080p", "4k")


class FakeFal(Fake):
    """The queue."""

    host = "127.0.0.1"
    """Of the addresses that are given out; ``localhost`` is another origin."""
    failure = "content_policy_violation"

    def proves(self, call: Call) -> bool:
        """Take the key by fal's own scheme."""
        return call.headers.get("authorization") == f"Key {self.key}"

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal."""
        return Answer(status=status, json={"detail": message})

    @route("POST", "/([^/]+/[^/]+)/.+", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a request; the models of ByteDance know their fields."""
        body = call.json()
        if call.path.startswith("/bytedance/") and not isinstance(body.get("duration", ""), str):
            error = {"loc": ["body", "duration"], "msg": "Input should be a string", "type": "string_type"}
            return Answer(status=422, json={"detail": [error]})
        job = self.create(body)
        base = f"{self.origin.replace('127.0.0.1', self.host)}/{call.match[0]}/requests/{job.id}"
        return Answer(
            json={
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": base,
                "status_url": f"{base}/status",
                "cancel_url": f"{base}/cancel",
                "queue_position": 0,
                "logs": None,
                "metrics": {},
            }
        )

    @route("GET", "/[^/]+/[^/]+/requests/([^/]+)/status", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a request: 202 until it is complete."""
        job = self.jobs[call.match[0]]
        state = self.state(job)
        body: dict[str, Any] = {"status": STATUS[state], "request_id": job.id, "logs": None}
        if state == "queued":
            body["queue_position"] = 0
        if STATUS[state] == "COMPLETED":
            body["metrics"] = {"inference_time": self.seconds}
        if state == "failed":
            body |= {"error": "The run failed", "error_type": "ValidationError"}
        return Answer(status=200 if STATUS[state] == "COMPLETED" else 202, json=body)

    @route("GET", "/[^/]+/[^/]+/requests/([^/]+)", "result")
    def result(self, call: Call) -> Answer:
        """Give the output of the model, or say why there is none."""
        job = self.jobs[call.match[0]]
        state = self.state(job)
        if state == "failed":
            error = {"loc": ["body", "prompt"], "msg": "The prompt was flagged", "type": self.failure}
            return Answer(status=422, json={"detail": [error]})
        if state != "done":
            return self.refusal(400, "Request is still in progress")
        return Answer(json=self._output(job))

    @route("PUT", "/[^/]+/[^/]+/requests/([^/]+)/cancel", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel a request."""
        self.jobs[call.match[0]].cancelled = True
        return Answer(status=202, json={"status": "CANCELLATION_REQUESTED"})

    @route("GET", "/files/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call)

    def _output(self, job: FakeJob) -> dict[str, Any]:
        file = {"url": f"{self.origin}/files/{job.id}.mp4", "content_type": "video/mp4"}
        return {"video": file | {"file_name": "out.mp4", "file_size": len(self.clip)}, "seed": 1234}
