"""Animation: drawn, rendered and toy worlds that move by their own rules."""

from __future__ import annotations
