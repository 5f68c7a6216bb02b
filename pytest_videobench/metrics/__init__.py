"""Metrics: one file each, with definition and source; numbers that are pure functions of footage."""
