"""Google: interactions whose clip is inline or a file, and long-running operations that are asked by POST."""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

VERSION = "/(?:v1|v1beta)"
FORMAT = {"type", "aspect_ratio", "duration", "resolution", "delivery", "gcs_uri"}
STATUS = {"running": "in_progress", "done": "completed"}
CODES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


class _Google(Fake):
    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as Google does."""
        error = {"code": status, "message": message, "status": CODES.get(status, "INTERNAL"), "details": []}
        return Answer(status=status, json={"error": error})


class FakeGoogle(_Google):
    """The Interactions API, and the files to which it puts clips."""

    key_headers = ("x-goog-api-key",)
    phases_without_key = frozenset()
    failure = "The model could not make it."
    says = ""
    """A text that comes in place of a clip."""
    file_states: tuple[str, ...] = ("ACTIVE",)
    """States that a file passes through, one per question."""

    @route("POST", f"{VERSION}/interactions", "submit")
    def submit(self, call: Call) -> Answer:
        """Take an interaction that runs in the background."""
        body = call.json()
        unknown = body["response_format"].keys() - FORMAT
        if unknown or not body.get("background"):
            return self.refusal(400, f"Unknown fields: {sorted(unknown)}")
        return Answer(json=self.shown(self.create(body, f"int{len(self.jobs)}")))

    @route("GET", f"{VERSION}/interactions/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show an interaction."""
        job = self.jobs.get(call.match[0])
        return Answer(json=self.shown(job)) if job else self.refusal(404, "not found")

    @route("POST", f"{VERSION}/interactions/([^/]+)/cancel", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel an interaction."""
        job = self.jobs[call.match[0]]
        job.cancelled = True
        return Answer(json=self.shown(job))

    @route("GET", f"{VERSION}/files/([a-z0-9]+)", "poll")
    def file(self, call: Call) -> Answer:
        """Show a file."""
        job = self.jobs[call.match[0]]
        state = self.file_states[min(job.polls, len(self.file_states) - 1)]
        job.polls += 1
        return Answer(json={"name": f"files/{job.id}", "mimeType": "video/mp4", "state": state})

    @route("GET", f"{VERSION}/files/([a-z0-9]+):download", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call) if call.query.get("alt") == "media" else self.refusal(400, "alt=media")

    def shown(self, job: FakeJob) -> dict[str, Any]:
        """Show a job as an interaction."""
        state = self.state(job)
        body: dict[str, Any] = {
            "id": job.id,
            "object": "interaction",
            "model": job.asked.get("model"),
            "status": STATUS.get(state, state),
            "created": "2026-11-22T10:00:00Z",
            "updated": "2026-11-22T10:00:01Z",
        }
        if state == "done":
            content = {"type": "text", "text": self.says} if self.says else self._video(job)
            body["steps"] = [
                {"type": "user_input", "content": [{"type": "text", "text": "a prompt"}]},
                {"type": "thought"},
                {"type": "model_output", "content": [content]},
            ]
            body["usage"] = {"total_output_tokens": 28960}
        if state == "failed":
            body["errors"] = [{"code": 13, "message": self.failure}]
        return body

    def _video(self, job: FakeJob) -> dict[str, str]:
        video = {"type": "video", "mime_type": "video/mp4"}
        if job.asked["response_format"].get("delivery") == "uri":
            return video | {"uri": f"https://generativelanguage.googleapis.com/v1beta/files/{job.id}"}
        return video | {"data": base64.b64encode(self.clip).decode()}


class FakeVertex(_Google):
    """Veo on Vertex AI."""

    failure = (3, "The prompt is invalid.")
    filtered: tuple[str, ...] = ()
    """Reasons for which clips are held back."""

    @route("POST", "/(?:v1|v1beta1)/(projects/.+):predictLongRunning", "submit")
    def submit(self, call: Call) -> Answer:
        """Take an operation; Veo 3 lets nobody switch its prompt rewriting off."""
        body = call.json()
        if body["parameters"].get("enhancePrompt") is False:
            return self.refusal(400, "Veo 3 prompt enhancement cannot be disabled.")
        job = self.create(body, f"{call.match[0]}/operations/{len(self.jobs)}")
        return Answer(json={"name": job.id})

    @route("POST", "/(?:v1|v1beta1)/(projects/.+):fetchPredictOperation", "poll")
    def poll(self, call: Call) -> Answer:
        """Show an operation."""
        job = self.jobs.get(call.json()["operationName"])
        if job is None or not job.id.startswith(f"{call.match[0]}/operations/"):
            return self.refusal(404, "not found")
        state = self.state(job)
        if state == "failed":
            error = dict(zip(("code", "message"), self.failure, strict=True))
            return Answer(json={"name": job.id, "done": True, "error": error})
        if state != "done":
            return Answer(json={"name": job.id})
        video = {"bytesBase64Encoded": base64.b64encode(self.clip).decode(), "mimeType": "video/mp4"}
        response = {
            "raiMediaFilteredCount": len(self.filtered),
            "raiMediaFilteredReasons": list(self.filtered),
            "videos": [] if self.filtered else [video],
        }
        return Answer(json={"name": job.id, "done": True, "response": response})
