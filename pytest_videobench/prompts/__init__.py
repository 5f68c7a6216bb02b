"""Prompts: six parts that are spoken, and what to expect of the clip."""
