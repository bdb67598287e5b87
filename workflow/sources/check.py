"""The check of the sources at start: each is opened once, and its role's rights are read."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from core.errors import ConfigError, Problem
from workflow.sources.errors import scrubbed
from workflow.sources.failures import Failure, Unfit
from workflow.sources.schema import SourceSchema, read_schema
from workflow.sources.source import Source, Sources

MAX_CONCURRENT = 4
MAX_LEFT_OUT = 20  # parts of a source that are named
_MORE = "{} more parts are left out."


def check_sources(sources: Sources) -> list[Problem]:
    """Return a warning for each source, table and column that cannot be read now.

    That is checked again before each use. Raises ConfigError with all that is wrong with the
    others: the portal's own database, a role that may write, tables that are not there. What the
    portal writes itself is not checked.
    """
    listed = [source for source in sources.all.values() if not source.permissions]
    # In threads, also because Django asks no database where an event loop runs, as at a start.
    with ThreadPoolExecutor(MAX_CONCURRENT, "sources") as pool:
        checked = [*pool.map(_check, listed)]
    pairs = [*zip(listed, checked, strict=True)]
    if faults := [p for source, found in pairs for p in _faults(source, found)]:
        raise ConfigError(faults, sources.file)
    return [warning for source, found in pairs for warning in _warnings(source, found)]


def _check(source: Source) -> Failure | SourceSchema:
    """Return why a source may not be used, or its schema."""
    try:
        return read_schema(source)
    except Failure as failure:
        return failure


def _faults(source: Source, found: Failure | SourceSchema) -> list[Problem]:
    messages = found.messages if isinstance(found, Unfit) else ()
    return [_problem(source, message) for message in messages]


def _warnings(source: Source, found: Failure | SourceSchema) -> Iterator[Problem]:
    if isinstance(found, Failure):
        yield _problem(source, f"It cannot be reached now: {scrubbed(source, found)}.")
        return
    for reason in found.left_out[:MAX_LEFT_OUT]:
        yield _problem(source, scrubbed(source, Failure(reason)))
    if len(found.left_out) > MAX_LEFT_OUT:
        yield _problem(source, _MORE.format(len(found.left_out) - MAX_LEFT_OUT))
    for column in found.values:
        if column.fault:
            reason = scrubbed(source, Failure(column.fault))
            yield _problem(source, f"No values of {column.name} can be read: {reason}.")


def _problem(source: Source, message: str) -> Problem:
    return Problem(source.line, source.column, f"{source.name}: {message}")
