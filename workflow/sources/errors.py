"""
The errors that callers get when a source fails, and what is logged.

Callers do not see where a source is, or what its role may do. The log has the details, but no
secret.
"""

from __future__ import annotations

import logging

from core.errors import PortalError
from workflow.sources.failures import Failed, Failure, TooSlow, Unfit, Unreachable
from workflow.sources.source import Source

logger = logging.getLogger(__name__)
MAX_MESSAGE = 400  # characters of a database's own message
_NARROW = "Let it read fewer rows or join fewer tables, then run it again."


def to_error(source: Source, failure: Failure) -> PortalError:
    """Log a failure if it is the source's, and return the error that callers get."""
    return _ERRORS[type(failure)](source, failure)


def scrubbed(source: Source, failure: Failure) -> str:
    """Return a database's message: on one line, short, and without secrets.

    Do not call it for Unfit: its messages are ours, and the names of tables may equal a secret.
    """
    text = " ".join(source.scrub(failure.message).split())
    return text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]}…"


def _unfit(source: Source, failure: Failure) -> PortalError:
    logger.error("The data source %s is not used: %s", source.name, failure.message)
    return _unavailable(f"The data source {source.name} may not be used. Ask an operator.")


def _unreachable(source: Source, failure: Failure) -> PortalError:
    reason = scrubbed(source, failure)
    logger.warning("The data source %s cannot be used: %s", source.name, reason)
    message = f"The data source {source.name} cannot be reached now. Try again in a moment."
    return _unavailable(message, retry=True)


def _unavailable(message: str, retry: bool = False) -> PortalError:
    return PortalError("store_unavailable", message, param="schema", retry=retry)


def _too_slow(source: Source, failure: Failure) -> PortalError:
    message = f"The query took longer than {source.seconds:g} s on {source.name}. {_NARROW}"
    return PortalError("invalid_request", message, param="sql")


def _failed(source: Source, failure: Failure) -> PortalError:
    message = f"{source.name} refused to run it: {scrubbed(source, failure)}"
    return PortalError("invalid_request", message, param="sql")


_ERRORS = {Unfit: _unfit, Unreachable: _unreachable, TooSlow: _too_slow, Failed: _failed}
