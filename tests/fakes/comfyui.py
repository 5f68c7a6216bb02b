"""ComfyUI: runs whose names the caller may choose; a run that has not ended is in the queue and not in the history."""

from __future__ import annotations

from typing import Any

from tests.fakes.server import Answer, Call, Fake, FakeJob, route

NODES = {"CLIPTextEncode", "EmptyHunyuanLatentVideo", "KSampler", "SaveVideo"}


class FakeComfyUI(Fake):
    """The server's own routes; no key is wanted."""

    outputs: dict[str, Any] = {  # noqa: RUF012  # replaced whole by tests
        "9": {
            "images": [{"filename": "clip_00001_.mp4", "subfolder": "video", "type": "output"}],
            "animated": [True],
        }
    }
    interrupted = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.past: dict[str, dict[str, Any]] = {}
        """Entries of runs whose names were taken again."""

    def proves(self, call: Call) -> bool:
        """Want no key."""
        return True

    @route("POST", "/prompt", "submit")
    def submit(self, call: Call) -> Answer:
        """Take a run, under the caller's name for it."""
        body = call.json()
        name = body.get("prompt_id") or f"own-{len(self.jobs)}"
        for node, entry in body["prompt"].items():
            if entry["class_type"] not in NODES:
                return self.refusal(400, f"Cannot execute because node {entry['class_type']} does not exist.")
            if wrong := [key for key, value in entry["inputs"].items() if value == "no-such-file"]:
                return self.invalid(node, entry["class_type"], wrong[0])
        if name in self.jobs:
            self.past[name] = self.entry(self.jobs[name])
        number = sum(call.phase == "submit" for call in self.calls)
        self.create({"number": number, "prompt": body["prompt"]}, name)
        return Answer(json={"prompt_id": name, "number": number, "node_errors": {}})

    @route("GET", "/history/([^/]+)", "poll")
    def history(self, call: Call) -> Answer:
        """Show a run that has ended, and nothing of one that has not."""
        name = call.match[0]
        job = self.jobs.get(name)
        if job is not None and self.state(job) in ("done", "failed"):
            return Answer(json={name: self.entry(job)})
        return Answer(json={name: self.past[name]} if name in self.past else {})

    @route("GET", "/queue", "poll")
    def queue(self, _call: Call) -> Answer:
        """Show the runs that have not ended."""
        shown: dict[str, list[Any]] = {"running": [], "queued": []}
        for job in self.jobs.values():
            shown.get(self.state(job), []).append([job.asked["number"], job.id, {}, {}, ["9"]])
        return Answer(json={"queue_running": shown["running"], "queue_pending": shown["queued"]})

    @route("POST", "/queue", "cancel")
    def cancel(self, call: Call) -> Answer:
        """Take runs out of the queue."""
        for name in call.json()["delete"]:
            self.jobs[name].cancelled = True
        return Answer()

    @route("GET", "/view", "download")
    def view(self, call: Call) -> Answer:
        """Give a file."""
        asked = {"filename": "clip_00001_.mp4", "subfolder": "video", "type": "output"}
        return self.video(call) if call.query == asked else Answer(status=404)

    def entry(self, job: FakeJob) -> dict[str, Any]:
        """Show a run as the history does."""
        failed = self.state(job) == "failed"
        messages: list[Any] = [["execution_start", {"prompt_id": job.id}]]
        if failed and self.interrupted:
            messages.append(["execution_interrupted", {"prompt_id": job.id, "node_id": "3"}])
        elif failed:
            said = {"node_id": "3", "node_type": "KSampler", "exception_message": "out of memory"}
            messages.append(["execution_error", {"prompt_id": job.id, **said}])
        return {
            "prompt": [job.asked["number"], job.id, job.asked["prompt"], {}, ["9"]],
            "outputs": {} if failed else self.outputs,
            "status": {
                "status_str": "error" if failed else "success",
                "completed": not failed,
                "messages": messages,
            },
            "meta": {},
        }

    def invalid(self, node: str, kind: str, name: str) -> Answer:
        """Refuse a workflow because of a node."""
        error = {
            "type": "value_not_in_list",
            "message": "Value not in list",
            "details": f"{name}: 'no-such-file'",
        }
        nodes = {node: {"errors": [error], "dependent_outputs": ["9"], "class_type": kind}}
        refused = self.refusal(400, "Prompt outputs failed validation")
        return Answer(status=400, json={**refused.json, "node_errors": nodes})

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal as ComfyUI does."""
        error = {"type": "invalid_prompt", "message": message, "details": "", "extra_info": {}}
        return Answer(status=status, json={"error": error, "node_errors": {}})
