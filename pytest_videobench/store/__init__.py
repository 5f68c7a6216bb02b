"""The store: content-addressed clips, each published whole or not at all."""
