"""Everything that can go wrong for a user, as one tree.

VideobenchError
├── PromptError          a prompts file is broken: file, prompt, key, what was expected
├── SpecError            a backend spec or an option value cannot be understood
│   └── DeliveryError    a backend cannot deliver the seconds, size or rate that is asked
├── BackendError         no clip came back
│   ├── MissingClip      a folder has no clip for this case
│   └── GenerationFailed the backend tried and failed
│       └── SetupFailed  what it needs here has to be mended; the model is not to blame
├── GoldenError          a baseline is missing, broken, or not comparable with a run
├── StoreError           the clip store cannot be used
│   └── OfflineMiss      the clip is not in the store and making one is forbidden
└── ClipError            a clip is there but cannot be scored
    └── Unreadable       no picture can be decoded from it

Every message is one line that names the file, key or case, and what to do.
"""

from __future__ import annotations


class VideobenchError(Exception):
    """Anything a user can mend; the message is one line that says how."""

    kind = "error"
    """Stable word for machine-readable output, of :class:`~pytest_videobench.kinds.ErrorKind`."""


class PromptError(VideobenchError):
    """A prompts file does not say what it should."""

    kind = "prompt"


class SpecError(VideobenchError):
    """A backend spec or an option value cannot be understood."""

    kind = "spec"


class DeliveryError(SpecError):
    """A backend cannot deliver what is asked; the message names the backend, what was asked, what it can."""

    kind = "delivery"


class BackendError(VideobenchError):
    """No clip came back from a backend."""

    kind = "backend"


class MissingClip(BackendError):
    """A folder of clips has none for this case."""

    kind = "missing_clip"


class GenerationFailed(BackendError):
    """A backend tried to make a clip and failed."""

    kind = "generation_failed"


class SetupFailed(GenerationFailed):
    """The machine, its software or a folder has to be mended before a clip can be made or found."""

    kind = "setup"


class GoldenError(VideobenchError):
    """A baseline is missing, broken, or not comparable with a run."""

    kind = "golden"


class StoreError(VideobenchError):
    """The clip store cannot be used."""

    kind = "store"


class OfflineMiss(StoreError):
    """The clip is not in the store, and making one is forbidden."""

    kind = "offline_miss"


class ClipError(VideobenchError):
    """A clip is there but cannot be scored."""

    kind = "clip"

    def __init__(self, name: object, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.reason = reason
        """What is wrong with it, without its name."""


class Unreadable(ClipError):
    """No picture can be decoded from the file."""

    kind = "unreadable"
