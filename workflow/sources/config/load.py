"""
The file that lists data sources → Sources, or ConfigError with every mistake and its place.

    sources:
      sales:
        url: ${SALES_URL}
        groups: [analysts]
        tables: [customer, invoice]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from core import strict_yaml as document
from core.errors import ConfigError, Problem
from core.text import quote
from registry.model_id import is_provider
from registry.state.models_file import read_bytes
from workflow.sources.config.schema import (
    Finding,
    SourceConfig,
    ill_named,
    misplaced,
    misshapen,
    unknown_key,
)
from workflow.sources.source import Source, Sources
from workflow.sources.url import Address, Wrong, resolve

_BAD_NAME = (
    "is not a name for a source: 1 to 32 small letters, digits, '-' and '_', a letter first."
)
_NONE = "No source is listed. List one, or leave SOURCES_FILE empty."


def load() -> Sources:
    """Return the sources that SOURCES_FILE lists; without a file there are none.

    Raises ConfigError, which names the file.
    """
    if not settings.SOURCES_FILE:
        return Sources()
    path = Path(settings.SOURCES_FILE)
    return read(read_bytes(path), settings.ENVIRON, path.name)


def read(source: bytes, environ: Mapping[str, str], file: str = "sources.yaml") -> Sources:
    """Return the sources in `source`. Raises ConfigError, which names `file`."""
    try:
        return Sources(_read(source, environ), file)
    except ConfigError as error:
        problems = [one._replace(message=_ours(one.message)) for one in error.problems]
        raise ConfigError(problems, file) from None


def _ours(message: str) -> str:
    """Return a message of the YAML reader, which takes every file for models.yaml."""
    return message.replace("`models:`", "`sources:`")


def _read(source: bytes, environ: Mapping[str, str]) -> dict[str, Source]:
    root, problems = document.parse(source)
    data = document.to_data(root)
    problems += [_placed(root, *found) for found in _top(data)]
    sections = data.get("sources")
    sources: dict[str, Source] = {}
    for name, section in sections.items() if isinstance(sections, dict) else ():
        found, address = _mistakes(name, section, environ)
        problems += [_placed(root, ("sources", name, *path), say, key) for path, say, key in found]
        if address and not found:
            sources[name] = _source(name, section, address, root)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return sources


def _top(data: dict[str, Any]) -> Iterator[Finding]:
    for key in data:
        if key != "sources":
            yield (key,), unknown_key(key, ("sources",)), True
    if "sources" not in data:
        if len(data) != 1:
            yield (), "'sources' is missing.", True
    elif not data["sources"]:
        yield ("sources",), _NONE, True
    elif not isinstance(data["sources"], dict):
        yield ("sources",), "This must be a mapping: lines of `name: {url: …}`.", False


def _mistakes(
    name: str, section: Any, environ: Mapping[str, str]
) -> tuple[list[Finding], Address | None]:
    """Return all that is wrong with one source, and where it is if that can be told."""
    found = list(misshapen(section))
    if not is_provider(name):
        found.append(((), f"{quote(name)} {_BAD_NAME}", True))
    if not isinstance(section, dict):
        return found, None
    found += misplaced(section)
    address = None
    if isinstance(section.get("url"), str) and section["url"]:
        try:
            address = resolve(section["url"], environ)
        except Wrong as wrong:
            found.append((("url",), str(wrong), False))
    if address:
        found += ill_named(address.dialect, section)
    return found, address


def _source(name: str, section: Any, address: Address, root: document.Node) -> Source:
    given = SourceConfig.model_validate(section)
    line, column = document.place(root, ("sources", name), key=True)
    return Source(
        name, given.title or name, frozenset(given.groups), given.tables, address,
        given.local_only, given.run, given.seconds, given.rows, line, column,
    )  # fmt: skip


def _placed(root: document.Node, path: tuple[str | int, ...], message: str, key: bool) -> Problem:
    return Problem(*document.place(root, path, key=key), message)
