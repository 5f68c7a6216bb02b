"""Pure numbers: methods from the literature that know nothing of clips, and may be used by every room."""
