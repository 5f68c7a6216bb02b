"""Fantasy: magic, monsters and old stone, each at its own scale."""

from __future__ import annotations
