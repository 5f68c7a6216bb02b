"""MiniMax: both versions; an unknown task of the second is a 500, and the first refuses with status 200."""

from __future__ import annotations

from typing import Any

from tests.fakes.server import Answer, Call, Fake, route

FIELDS = {"model", "content", "resolution", "duration", "ratio", "callback_url", "aigc_watermark"}
V1_FIELDS = {"model", "prompt", "duration", "resolution", "prompt_optimizer"}
TYPES = {
    400: "bad_request_error",
    401: "authorized_error",
    402: "insufficient_balance_error",
    422: "unprocessable_entity_error",
    429: "rate_limit_error",
    500: "server_error",
}
STATUS = {"done": "succeeded"}
V1_STATUS = {
    "queued": "Queueing",
    "running": "Processing",
    "done": "Success",
    "failed": "Fail",
}


class _Files(Fake):
    """What both versions give: addresses of which the newest alone is good."""

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        job = self.jobs[call.match[0]]
        if call.query.get("sig") != str(job.polls):
            return Answer(status=403, body=b"expired")
        return self.video(call)


class FakeMiniMax(_Files):
    """The second version."""

    failure = ("1026", "video description involves sensitive content")

    @route("POST", "/v2/video_generation", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a task; unknown fields, and a ratio of its own choice, are refused."""
        body = call.json()
        if body.keys() - FIELDS or body.get("ratio", "adaptive") == "adaptive":
            return self.refusal(400, "invalid params (2013)")
        return Answer(json={"task_id": self.create(body, f"42401098573862{len(self.jobs)}").id})

    @route("GET", "/v2/query/video_generation/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a task."""
        job = self.jobs.get(call.match[0])
        if job is None:
            return self.refusal(500, "record not found")
        job.polls += 1
        state = self.state(job)
        task: dict[str, Any] = {
            "id": job.id,
            "model": job.asked["model"],
            "status": STATUS.get(state, state),
            "created_at": 1795400000,
            "updated_at": 1795400002,
        }
        if state == "done":
            task |= {
                "content": {"url": f"{self.origin}/out/{job.id}.mp4?sig={job.polls}"},
                "usage": {"total_seconds": 5, "input_seconds": 0, "output_seconds": 5},
            }
        if state == "failed":
            task["error"] = dict(zip(("code", "message"), self.failure, strict=True))
        return Answer(json={"task": task})

    @route("DELETE", "/v2/video_generation/([^/]+)", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel a task."""
        self.jobs[call.match[0]].cancelled = True
        return Answer(json={"task_id": call.match[0], "status": "cancelled"})

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as the second version does."""
        error = {"type": TYPES.get(status, "error"), "message": message, "http_code": str(status)}
        return Answer(status=status, json={"type": "error", "error": error, "request_id": "rq"})


class FakeMiniMaxV1(_Files):
    """The first version."""

    @route("POST", "/v1/video_generation", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a task; 1080P is of 6 seconds."""
        body = call.json()
        if body.keys() - V1_FIELDS or (body["resolution"], body["duration"]) == ("1080P", 10):
            return self.said(2013, "invalid params")
        return Answer(json={"task_id": self.create(body).id, "base_resp": _OK})

    @route("GET", "/v1/query/video_generation", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a task."""
        job = self.jobs[call.query["task_id"]]
        status = V1_STATUS[self.state(job)]
        file = {"file_id": f"file-{job.id}"} if status == "Success" else {}
        return Answer(json={"task_id": job.id, "status": status, **file, "base_resp": _OK})

    @route("GET", "/v1/files/retrieve", "poll")
    def retrieve(self, call: Call) -> Answer:
        """Show a file."""
        job = self.jobs[call.query["file_id"].removeprefix("file-")]
        job.polls += 1
        url = f"{self.origin}/out/{job.id}.mp4?sig={job.polls}"
        return Answer(
            json={"file": {"file_id": call.query["file_id"], "download_url": url}, "base_resp": _OK}
        )

    def said(self, code: int, message: str) -> Answer:
        """Refuse, with status 200."""
        return Answer(json={"task_id": "", "base_resp": {"status_code": code, "status_msg": message}})

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as the first version does."""
        code = {401: 1004, 429: 1002}.get(status, 1000)
        return Answer(status=status, json=self.said(code, message).json)


_OK = {"status_code": 0, "status_msg": "success"}
