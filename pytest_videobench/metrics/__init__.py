"""Metrics: one file each, or one for a close family; numbers that are pure functions of footage."""
