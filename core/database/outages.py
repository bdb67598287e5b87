"""
What callers learn, and the log shows, when the database does not answer or cannot write.

`OperationalError` is the database's own trouble: away, locked, full. Its other errors are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext_noop

from core.errors import PortalError, internal_error

if TYPE_CHECKING:
    from logging import Logger

RETRY_SECONDS = 2  # an outage is often a restart
FULL_RETRY_SECONDS = 30
FULL = {"SQLITE_FULL", "53100"}  # SQLite's name and Postgres's code of a full disk
MISTAKE = "SQLITE_ERROR"  # a table that is missing, where Postgres has a ProgrammingError
AWAY = gettext_noop("The portal's database does not answer. Try again.")
NO_ROOM = gettext_noop(
    "The disk of the portal's database is full: nothing can be stored. Tell an operator."
)


def is_outage(error: BaseException | None) -> bool:
    """Is this the database's own trouble, and no mistake of the portal?"""
    if getattr(error and error.__cause__, "sqlite_errorname", "") == MISTAKE:
        return False
    # SQLite reports a damaged file with the base class.
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def outage_error(error: BaseException) -> PortalError:
    """Return what callers learn of an outage."""
    cause = error.__cause__
    codes = {getattr(cause, "sqlite_errorname", ""), getattr(cause, "sqlstate", "")}
    if codes & FULL:
        return PortalError("overloaded", NO_ROOM, retry_after=FULL_RETRY_SECONDS)
    return PortalError("overloaded", AWAY, retry_after=RETRY_SECONDS)


def report(error: Exception, logger: Logger, what: str, *words: object) -> PortalError:
    """Log an error that no one expected, and return what its caller learns.

    An outage is one line: every request has it, and its traceback explains nothing.
    """
    if is_outage(error):
        logger.error("%s: %s", what % words, " ".join(str(error).split()))
        return outage_error(error)
    logger.error(what, *words, exc_info=error)
    return internal_error()
