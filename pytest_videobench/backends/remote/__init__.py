"""Clips that providers make over HTTP: one loop, and a provider is pure functions and a data file."""
