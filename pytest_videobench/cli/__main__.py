"""``python -m pytest_videobench.cli``: the ``videobench`` command where its script is not on the path."""

from __future__ import annotations

import sys

from pytest_videobench.cli import main

if __name__ == "__main__":
    sys.exit(main())
