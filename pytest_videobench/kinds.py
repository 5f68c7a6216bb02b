"""Every kind of error that a case can have, and whether the model is to blame for it."""

from __future__ import annotations

from enum import StrEnum


class ErrorKind(StrEnum):
    """Why a case has no verdict.

    An error is held against a model only where its maker refused the prompt, or a job or clip of it failed.
    All others say nothing of it: another run may have the clip.
    """

    blames_model: bool

    def __new__(cls, word: str, blames_model: bool) -> ErrorKind:
        """Make the word, and keep with it whether the model is to blame."""
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.blames_model = blames_model
        return kind

    # What the model or its maker did.
    BACKEND = "backend", True
    BAD_CLIP = "bad_clip", True
    CLIP = "clip", True
    GENERATION_FAILED = "generation_failed", True
    MODERATED = "moderated", True
    UNREADABLE = "unreadable", True
    # What we, or the user, did.
    ASSESSMENT = "assessment", False
    BAD_REQUEST = "bad_request", False
    BROKER = "broker", False
    BUDGET = "budget", False
    CRASHED = "crashed", False
    DELIVERY = "delivery", False
    ERROR = "error", False
    GOLDEN = "golden", False
    MISSING_CLIP = "missing_clip", False
    OFFLINE_MISS = "offline_miss", False
    PROMPT = "prompt", False
    SETUP = "setup", False
    SKIPPED = "skipped", False
    SPEC = "spec", False
    STOPPED = "stopped", False
    STORE = "store", False
    TEST_ERROR = "test_error", False
    # What happened on the way to the provider and back; how long it takes is compared as latency.
    AUTH = "auth", False
    BAD_ANSWER = "bad_answer", False
    CANCELLED = "cancelled", False
    EXPIRED = "expired", False
    NOT_FOUND = "not_found", False
    OVERLOADED = "overloaded", False
    QUOTA_EXHAUSTED = "quota_exhausted", False
    RATE_LIMITED = "rate_limited", False
    SUBMIT_UNKNOWN = "submit_unknown", False
    TIMEOUT = "timeout", False
    UNREACHABLE = "unreachable", False


_BLAMING = frozenset(kind.value for kind in ErrorKind if kind.blames_model)


def blames_model(kind: str) -> bool:
    """Return whether an error says something of the model; a word that nobody here knows says nothing."""
    return kind in _BLAMING
