"""What the start refuses of the sources: each is opened once, and asked what it would allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from core.errors import ConfigError, Problem
from workflow.sources.errors import told
from workflow.sources.process.client import Answer
from workflow.sources.schema import look_at
from workflow.sources.source import Source, Sources

AT_ONCE = 4


def check_sources(sources: Sources) -> list[Problem]:
    """Return a warning for each source that cannot be reached now.

    That is checked again before each use. Raises ConfigError with all that is wrong with the
    others: the portal's own database, a role that may write, tables that are not there.
    """
    # In threads, also because Django asks no database where an event loop runs, as at a start.
    with ThreadPoolExecutor(AT_ONCE, "sources") as pool:
        answers = [*pool.map(_look, sources.all.values())]
    found = list(zip(sources.all.values(), answers, strict=True))
    refused = [_problem(source, said) for source, one in found for said in one.get("refused", ())]
    if refused:
        raise ConfigError(refused, sources.file)
    return [
        _problem(source, f"It cannot be reached now: {told(source, one['unreachable'])}.")
        for source, one in found
        if "unreachable" in one
    ]


def _look(source: Source) -> Answer:
    return look_at(source, "check")


def _problem(source: Source, message: str) -> Problem:
    return Problem(source.line, source.column, f"{source.name}: {message}")
