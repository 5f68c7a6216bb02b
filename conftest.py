"""Our own tests drive pytest by pytester; everything else lives in the installed plugin."""

from __future__ import annotations

pytest_plugins = ["pytester"]
