"""Defects: one detector a file; findings with time spans, from footage alone."""
