"""Sci-fi: machines, space and light that no camera has filmed."""

from __future__ import annotations
