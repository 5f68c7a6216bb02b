"""Abstract: shape, colour and rhythm with nothing to recognise."""

from __future__ import annotations
