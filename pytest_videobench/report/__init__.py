"""The report: rows on disk, a page with playable clips, lines on the terminal."""
