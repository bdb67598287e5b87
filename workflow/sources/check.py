"""The check of the sources at start: each is opened once, and its role's rights are read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from core.errors import ConfigError, Problem
from workflow.sources.errors import scrubbed
from workflow.sources.failures import Failure, Unfit
from workflow.sources.process.client import ask, job_of
from workflow.sources.schema import portal_identity
from workflow.sources.source import Source, Sources
from workflow.sources.values import ColumnValues

MAX_CONCURRENT = 4


def check_sources(sources: Sources) -> list[Problem]:
    """Return a warning for each source, and each column with values, that cannot be read now.

    That is checked again before each use. Raises ConfigError with all that is wrong with the
    others: the portal's own database, a role that may write, tables that are not there.
    """
    # In threads, also because Django asks no database where an event loop runs, as at a start.
    with ThreadPoolExecutor(MAX_CONCURRENT, "sources") as pool:
        checked = [*pool.map(_check, sources.all.values())]
    pairs = [*zip(sources.all.values(), checked, strict=True)]
    failures = [(source, found) for source, found in pairs if isinstance(found, Failure)]
    if faults := [p for pair in failures if isinstance(pair[1], Unfit) for p in _faults(*pair)]:
        raise ConfigError(faults, sources.file)
    unread = [(source, column) for source, found in pairs for column in _columns(found)]
    return [
        *(_warning(source, failure) for source, failure in failures),
        *(_unread(source, column) for source, column in unread),
    ]


def _columns(found: Failure | list[ColumnValues]) -> list[ColumnValues]:
    return [] if isinstance(found, Failure) else found


def _check(source: Source) -> Failure | list[ColumnValues]:
    """Return why a source may not be used, or the columns whose values cannot be read."""
    try:
        return ask(job_of(source, "check", portal_identity()), list[ColumnValues])
    except Failure as failure:
        return failure


def _faults(source: Source, failure: Failure) -> list[Problem]:
    return [_problem(source, message) for message in failure.messages]


def _warning(source: Source, failure: Failure) -> Problem:
    return _problem(source, f"It cannot be reached now: {scrubbed(source, failure)}.")


def _unread(source: Source, column: ColumnValues) -> Problem:
    reason = scrubbed(source, Failure(column.fault))
    return _problem(source, f"No values of {column.name} can be read: {reason}.")


def _problem(source: Source, message: str) -> Problem:
    return Problem(source.line, source.column, f"{source.name}: {message}")
