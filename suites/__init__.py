"""The five styles: what a model is asked for, and what its clips must hold."""

from __future__ import annotations
