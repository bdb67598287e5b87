"""
What people are told when a source gives no answer, and what stands in the log.

People learn nothing of where a source is, or of what its role may do; the log learns the rest, but
no secret.
"""

from __future__ import annotations

import logging

from core.errors import PortalError
from workflow.sources.process.client import Answer
from workflow.sources.source import Source

logger = logging.getLogger(__name__)
LONGEST = 400  # characters of what a database said


def trouble(source: Source, answer: Answer) -> PortalError | None:
    """Return the error that an answer is, if it is one."""
    if said := answer.get("refused"):
        logger.error("The data source %s is not used: %s", source.name, " ".join(said))
        return _unavailable(f"The data source {source.name} may not be used. Tell an operator.")
    if said := answer.get("unreachable"):
        logger.warning("The data source %s cannot be used: %s", source.name, told(source, said))
        return _unavailable(f"The data source {source.name} cannot be reached now.", retry=True)
    if answer.get("slow"):
        message = f"The query took longer than {source.seconds:g} s. Ask for less of {source.name}."
        return PortalError("invalid_request", message, param="sql")
    if said := answer.get("failed"):
        message = f"{source.name} would not run it: {told(source, said)}"
        return PortalError("invalid_request", message, param="sql")
    return None


def told(source: Source, said: str) -> str:
    """Return what a database said: on one line, short, and without secrets.

    What `refused` says is ours, and names tables, which may be called like what is secret.
    """
    text = " ".join(source.scrub(said).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _unavailable(message: str, retry: bool = False) -> PortalError:
    return PortalError("store_unavailable", message, param="schema", retry=retry)
