"""Providers on loopback, faithful to their protocols: delays, limits, failures on demand, recorded requests."""
