"""Known faults, put into any clip: what detectors are to find, and what comparing is tried on.

An injector takes frames, a seed and a severity, and gives the faulty frames with the truth about them. The
pictures may be drawn or filmed; where the subject is unknown, a place is found and followed.
"""

from __future__ import annotations

from pytest_videobench.faults.catalogue import FAULTS, find, inject, memory_limit, truncate
from pytest_videobench.faults.model import Fault, Injected, Take

__all__ = ["FAULTS", "Fault", "Injected", "Take", "find", "inject", "memory_limit", "truncate"]
