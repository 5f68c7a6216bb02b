"""Realistic: people, streets and kitchens as a film camera would see them."""

from __future__ import annotations
