"""
The file that lists data sources → Sources, or ConfigError with every mistake and its place.

    sources:
      sales:
        url: ${SALES_URL}
        groups: [analysts]
        tables: [customer, invoice]
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from core.errors import ConfigError
from core.text import quote
from core.yaml.errors import Mistake
from core.yaml.sections import read_sections
from core.yaml.tree import Node, place, problem_at
from registry.config.load import revision_of
from registry.model_id import is_provider
from registry.state.models_file import read_bytes
from workflow.sources.config.schema import (
    SourceConfig,
    ill_named,
    misplaced,
    misshapen,
    never_run,
    unlisted,
)
from workflow.sources.places import Wrong
from workflow.sources.source import Source, Sources
from workflow.sources.url import Address, resolve

_BAD_NAME = (
    "is not a valid name for a source. Use 1 to 32 of a-z, 0-9, _ and -; begin with a letter."
)
_NONE = "No source is listed. List one, or leave SOURCES_FILE empty."


def load() -> Sources:
    """Return the sources that SOURCES_FILE lists; without a file there are none.

    Raises ConfigError, which names the file.
    """
    if not settings.SOURCES_FILE:
        return Sources()
    path = Path(settings.SOURCES_FILE)
    return read(read_bytes(path), os.environ, path.name)


def read(source: bytes, environ: Mapping[str, str], file: str = "sources.yaml") -> Sources:
    """Return the sources in `source`. Raises ConfigError, which names `file`."""
    try:
        return Sources(_read(source, environ), file, revision_of(source))
    except ConfigError as error:
        raise ConfigError(error.problems, file) from None


def _read(source: bytes, environ: Mapping[str, str]) -> dict[str, Source]:
    root, sections, problems = read_sections(source, "sources", _NONE, "name: {url: …}")
    sources: dict[str, Source] = {}
    for name, section in sections.items():
        mistakes, address = _mistakes(name, section, environ)
        problems += [
            problem_at(root, ("sources", name, *path), message, at_key)
            for path, message, at_key in mistakes
        ]
        if address and not mistakes:
            sources[name] = _source(name, section, address, root)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return sources


def _mistakes(
    name: str, section: Any, environ: Mapping[str, str]
) -> tuple[list[Mistake], Address | None]:
    """Return the mistakes of one source, and its address if its URL is valid."""
    mistakes = misshapen(section)
    if not is_provider(name):
        mistakes.append(Mistake((), f"{quote(name)} {_BAD_NAME}", at_key=True))
    if not isinstance(section, dict):
        return mistakes, None
    mistakes += misplaced(section)
    mistakes += never_run(section)
    address = None
    if isinstance(section.get("url"), str) and section["url"]:
        try:
            address = resolve(section["url"], environ)
        except Wrong as wrong:
            mistakes.append(Mistake(("url",), str(wrong)))
    if address:
        mistakes += ill_named(address.dialect, section)
        mistakes += unlisted(section)
    return mistakes, address


def _source(name: str, section: Any, address: Address, root: Node) -> Source:
    config = SourceConfig.model_validate(section)
    line, column = place(root, ("sources", name), at_key=True)
    return Source(
        name, config.title or name, frozenset(config.groups), config.tables, address,
        config.local_only, config.run, config.seconds, config.rows, config.values, line, column,
        config.auto_run,
    )  # fmt: skip
