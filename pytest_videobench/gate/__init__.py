"""The gate: thresholds and expectations become the verdict of a case."""
