"""Runway: tasks; over the limit they are THROTTLED and never refused; outputs are signed anew per answer."""

from __future__ import annotations

from typing import Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

CREDITS_PER_SECOND = 12
FIELDS = {"model", "promptText", "ratio", "duration"}
MORE_FIELDS = {
    "gen4.5": {"seed"},
    "veo3.1": {"seed", "negativePrompt", "audio"},
    "seedance2_5": {"seed", "audio"},
    "kling3.0_pro": {"audio"},
    "hailuo3": {"resolution"},
}
"""What some of the models take as well; each has a schema of its own."""
STATUS = {
    "queued": "THROTTLED",
    "running": "RUNNING",
    "done": "SUCCEEDED",
    "failed": "FAILED",
    "cancelled": "CANCELLED",
}


class FakeRunway(Fake):
    """The direct API."""

    failure: tuple[str, str | None] = ("The task was moderated.", "SAFETY.INPUT.TEXT")

    @route("POST", "/v1/text_to_video", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a task; unknown fields are refused."""
        body = call.json()
        unknown = sorted(body.keys() - FIELDS - MORE_FIELDS.get(body.get("model", ""), set()))
        if unknown or not body.keys() >= FIELDS:
            return Answer(
                status=400, json={"error": "Validation of body failed", "issues": [{"path": unknown}]}
            )
        if call.headers.get("x-runway-version") != "2024-11-06":
            return Answer(status=400, json={"error": "missing X-Runway-Version"})
        job = self.create(body)
        return Answer(json={"id": job.id, "estimatedCost": {"credits": self.credits(job)}})

    @route("GET", "/v1/tasks/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a task."""
        job = self.jobs.get(call.match[0])
        if job is None:
            return Answer(status=404, json={"error": "no such task"})
        job.polls += 1
        status = STATUS[self.state(job)]
        body: dict[str, Any] = {"id": job.id, "createdAt": "2026-11-22T10:00:00Z", "status": status}
        if status in ("THROTTLED", "RUNNING"):
            body |= {"estimatedCost": {"credits": self.credits(job)}} | (
                {"progress": 0.5} if status == "RUNNING" else {}
            )
        else:
            body |= {"cost": {"credits": self.credits(job)}}
        if status == "SUCCEEDED":
            body["output"] = [f"{self.origin}/out/{job.id}.mp4?sig={job.polls}"]
        if status == "FAILED":
            body |= {"failure": self.failure[0], "failureCode": self.failure[1]}
        return Answer(json=body)

    @route("DELETE", "/v1/tasks/([^/]+)", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel a task."""
        self.jobs[call.match[0]].cancelled = True
        return Answer(status=204)

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip; the newest address alone is valid."""
        job = self.jobs[call.match[0]]
        if call.query.get("sig") != str(job.polls):
            return Answer(status=403, body=b"expired")
        return self.video(call)

    def credits(self, job: FakeJob) -> int:
        """Give the price of a task."""
        return CREDITS_PER_SECOND * int(job.asked["duration"])
