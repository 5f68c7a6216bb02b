"""xAI: a video that is not done yet is an empty 202, and one that was held back is done and has no address."""

from __future__ import annotations

from tests.fakes.server import Answer, Call, Fake, route


class FakeXai(Fake):
    """Grok Imagine."""

    prefix = "/v1"
    held_back = False

    @route("POST", "/v1/videos/generations", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a request."""
        return Answer(json={"request_id": self.create(call.json()).id})

    @route("GET", "/v1/videos/([^/]+)", "poll")
    def poll(self, call: Call) -> Answer:
        """Show a request."""
        job = self.jobs[call.match[0]]
        state = self.state(job)
        if state == "failed":
            error = {"code": "service_unavailable", "message": "try again"}
            return Answer(json={"status": "failed", "error": error})
        if state != "done":
            return Answer(status=202)
        video = {"duration": job.asked["duration"], "respect_moderation": not self.held_back}
        if not self.held_back:
            video["url"] = f"{self.origin}/out/{job.id}.mp4"
        return Answer(json={"status": "done", "video": video, "model": job.asked["model"], "progress": 100})

    @route("GET", "/out/([^/]+).mp4", "download")
    def download(self, call: Call) -> Answer:
        """Give the clip."""
        return self.video(call)
