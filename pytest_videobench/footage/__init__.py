"""Footage: one decoding pass over a clip and what it leaves behind."""
