"""The data sources of this process: read once, when it starts."""

from __future__ import annotations

from functools import cache

from workflow.sources.config.load import load
from workflow.sources.portal.source import portal_sources
from workflow.sources.source import Sources


@cache
def sources() -> Sources:
    """Return what SOURCES_FILE lists, and the portal's own.

    A source of the file that has the same name is in its place. Raises ConfigError the first time,
    if the file has a mistake.
    """
    listed = load()
    return Sources({**portal_sources(), **listed.all}, listed.file)
