"""Why something could not be measured."""

from __future__ import annotations


class CannotRun(Exception):
    """Says in its words why a target or a measure is left out; the others go on."""
