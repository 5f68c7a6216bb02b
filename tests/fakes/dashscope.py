"""DashScope: asynchronous tasks; one that is gone is UNKNOWN, and a refusal may come with status 200."""

from __future__ import annotations

from typing import Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

PIXELS = ("wan2.6", "wan2.5", "wan2.2", "wan2.1")
"""Models that take pixels in place of a resolution and a ratio."""
COMMON = {"duration", "seed", "prompt_extend", "watermark", "audio"}
STATUS = {
    "queued": "PENDING",
    "running": "RUNNING",
    "done": "SUCCEEDED",
    "failed": "FAILED",
    "cancelled": "CANCELED",
}
START, END = "2026-11-22 10:00:00.010", "2026-11-22 10:00:00.050"


class FakeDashScope(Fake):
    """Video synthesis of Model Studio."""

    prefix = "/api/v1"
    failure = ("DataInspectionFailed", "Output data may contain inappropriate content.")

    @route("POST", "/api/v1/services/aigc/video-generation/video-synthesis", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a task; it has to be asked for as an asynchronous one."""
        body = call.json()
        if call.headers.get("x-dashscope-async") != "enable":
            return self.refusal(403, "current user api does not support synchronous calls.")
        sized = {"size"} if body["model"].startswith(PIXELS) else {"resolution", "ratio"}
        unknown = sorted(body["parameters"].keys() - COMMON - sized)
        if unknown or not body["input"].get("prompt"):
            return self.refusal(400, f"parameters are invalid: {unknown}")
        job = self.create(body)
        return Answer(
            json={"output": {"task_id": job.id, "task_status": "PENDING"}, "request_id": f"rq-{job.id}"}
        )

    @route("GET", "/api/v1/tasks/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a task; of one that is gone only the name comes back."""
        job = self.jobs.get(call.match[0])
        output: dict[str, Any] = {"task_id": call.match[0], "task_status": "UNKNOWN"}
        body: dict[str, Any] = {"request_id": "rq", "output": output}
        if job is None:
            return Answer(json=body)
        job.polls += 1
        output |= {"task_status": STATUS[self.state(job)], "submit_time": START}
        if output["task_status"] == "SUCCEEDED":
            output |= self._made(job)
            body["usage"] = {
                "duration": 5,
                "output_video_duration": 5,
                "video_count": 1,
                "SR": 720,
                "fps": 30,
            }
        if output["task_status"] == "FAILED":
            output |= dict(zip(("code", "message"), self.failure, strict=True))
        return Answer(json=body)

    @route("POST", "/api/v1/tasks/([^/]+)/cancel", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel a task that waits."""
        job = self.jobs[call.match[0]]
        if self.state(job) != "queued":
            return Answer(
                status=400, json={"code": "UnsupportedOperation", "message": "no", "request_id": "rq"}
            )
        job.cancelled = True
        return Answer(json={"request_id": "rq"})

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call)

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as DashScope does."""
        code = {401: "InvalidApiKey", 429: "Throttling.RateQuota"}.get(status, "InvalidParameter")
        return Answer(status=status, json={"code": code, "message": message, "request_id": "rq"})

    def _made(self, job: FakeJob) -> dict[str, str]:
        return {
            "scheduled_time": START,
            "end_time": END,
            "orig_prompt": job.asked["input"]["prompt"],
            "video_url": f"{self.origin}/out/{job.id}.mp4?Expires={job.polls}",
        }
