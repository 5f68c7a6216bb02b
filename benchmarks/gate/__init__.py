"""Simulated upgrades of a model: how often the gate, and other methods, raise a false or a true alarm."""
