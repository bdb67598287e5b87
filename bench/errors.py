"""Why something could not be measured."""

from __future__ import annotations


class CannotRun(Exception):
    """A target or a measure is skipped, for the reason in the message; the others run."""
