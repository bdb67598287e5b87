"""The data sources of this process: read once, when it starts."""

from __future__ import annotations

from functools import cache

from workflow.sources.config.load import load
from workflow.sources.source import Sources


@cache
def sources() -> Sources:
    """Return what SOURCES_FILE lists. Raises ConfigError the first time, if that has a mistake."""
    return load()
