"""
workflow.W001  the kernel lacks what confines processes that read SQL (only under --deploy)
workflow.E001  the file of data sources is invalid; one per mistake, with file:line:column. Under
               --deploy also: a source may not be used
workflow.E002  the file of meanings is invalid; one per mistake, with file:line:column
workflow.W002  a data source cannot be reached (only under --deploy)
"""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from core.errors import ConfigError
from queryexpr.gate import confinement
from workflow.meanings.current import read_file
from workflow.sources.check import check_sources
from workflow.sources.config.load import load

_HINT = "Linux 6.12 or newer has both. A container's profile for system calls can forbid them."


def unconfined() -> list[str]:
    """Return, as sentences, how processes that read SQL are not confined."""
    return [
        f"Processes that read people's SQL are not fully confined: this kernel has {fault}."
        for fault in confinement.missing()
    ]


@register(Tags.security, deploy=True)
def check_confinement(**kwargs: Any) -> list[CheckMessage]:
    return [checks.Warning(fault, hint=_HINT, id="workflow.W001") for fault in unconfined()]


@register("workflow")
def check_sources_file(**kwargs: Any) -> list[CheckMessage]:
    try:
        load()
    except ConfigError as error:
        return _errors(error)
    return []


@register("workflow")
def check_meanings_file(**kwargs: Any) -> list[CheckMessage]:
    try:
        read_file()
    except ConfigError as error:
        known = check_sources_file()  # without sources, no name of one is known
        return [] if known else _errors(error, "workflow.E002")
    return []


@register("workflow", deploy=True)
def check_each_source(**kwargs: Any) -> list[CheckMessage]:
    try:
        sources = load()
    except ConfigError:
        return []  # reported by check_sources_file
    try:
        return [
            checks.Warning(p.at(sources.file), id="workflow.W002") for p in check_sources(sources)
        ]
    except ConfigError as error:
        return _errors(error)


def _errors(error: ConfigError, id: str = "workflow.E001") -> list[CheckMessage]:  # noqa: A002
    return [checks.Error(problem.at(error.file), id=id) for problem in error.problems]
