"""Kling: its own codes beside the HTTP status, a bearer key or a signed token, tasks under the caller's name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

ACCESS_KEY = "planted-access-22c1"
STATUS = {"queued": "submitted", "running": "processing", "done": "succeed", "failed": "failed"}
FIELDS = {
    "model_name",
    "prompt",
    "negative_prompt",
    "duration",
    "mode",
    "aspect_ratio",
    "sound",
    "cfg_scale",
    "watermark_info",
    "external_task_id",
}


class FakeKling(Fake):
    """The direct API."""

    def proves(self, call: Call) -> bool:
        """Take the key itself, or a token that was signed with it and is valid now."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and (token == self.key or self._signed(token))

    def refusal(self, status: int, message: str, code: int | None = None) -> Answer:
        """Spell a refusal with the code that belongs to a status."""
        code = code or {401: 1002, 404: 1203, 429: 1303, 500: 5000, 503: 5001}.get(status, 1200)
        return Answer(status=status, json={"code": code, "message": message, "request_id": "603e"})

    @route("POST", "/v1/videos/text2video", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a task."""
        body = call.json()
        if unknown := body.keys() - FIELDS:
            return self.refusal(400, f"unknown fields {sorted(unknown)}")
        if not isinstance(body["duration"], str):
            return self.refusal(400, "duration must be a string", 1201)
        return self._told(self.create(body))

    @route("GET", "/v1/videos/text2video/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a task, by our id or by the caller's."""
        name = call.match[0]
        jobs = self.jobs.values()
        job = next((job for job in jobs if name in (job.id, job.asked.get("external_task_id"))), None)
        return self.refusal(404, "task not found") if job is None else self._told(job)

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call)

    def _told(self, job: FakeJob) -> Answer:
        state = self.state(job)
        data: dict[str, Any] = {
            "task_id": job.id,
            "task_status": STATUS[state],
            "task_info": {"external_task_id": job.asked.get("external_task_id")},
            "created_at": 1766374262370,
            "updated_at": 1766374262370,
        }
        if state == "done":
            url = f"{self.origin}/out/{job.id}.mp4"
            videos = [{"id": "v1", "url": url, "watermark_url": f"{url}?w", "duration": "5.0"}]
            data |= {"task_result": {"videos": videos}, "final_unit_deduction": "3.5"}
        if state == "failed":
            data["task_status_msg"] = "the picture fell apart"
        return Answer(json={"code": 0, "message": "SUCCEED", "request_id": "603e", "data": data})

    def _signed(self, token: str) -> bool:
        try:
            head, claims, signature = token.split(".")
            said: Any = json.loads(_bytes(claims))
            kind: Any = json.loads(_bytes(head))
        except ValueError:
            return False
        right = hmac.digest(self.key.encode(), f"{head}.{claims}".encode(), hashlib.sha256)
        now = time.time()
        return (
            kind == {"alg": "HS256", "typ": "JWT"}
            and hmac.compare_digest(right, _bytes(signature))
            and said["iss"] == ACCESS_KEY
            and bool(said["nbf"] <= now < said["exp"] <= now + 1800)
        )


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
