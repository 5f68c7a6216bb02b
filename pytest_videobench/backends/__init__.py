"""Backends: a request becomes a clip."""
