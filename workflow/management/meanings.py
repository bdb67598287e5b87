"""manage.py sql meanings: checks the file, suggests one, and shows what an edit changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.errors import ConfigError
from queryexpr.gate.operations import Document
from registry.state.models_file import read_bytes
from workflow.confirmed.lookup import Lookup
from workflow.meanings import current
from workflow.meanings.diff import changes
from workflow.meanings.kept import confirmed_uses, uses
from workflow.meanings.load import load
from workflow.meanings.meanings import Meanings
from workflow.meanings.suggest import suggest
from workflow.sources.errors import scrubbed
from workflow.sources.failures import Failure
from workflow.sources.loaded import sources
from workflow.sources.schema import read_schema

REJECTED, USAGE = 1, 2
Print = Callable[[str], Any]
_NO_FILE = "There is no file of meanings. Set MEANINGS_FILE, or name the file."


def add_arguments(parser: CommandParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="Print the mistakes, with file, line and column.")
    check.add_argument("file", type=Path, nargs="?", help="By default the one in use.")
    check.add_argument("--offline", action="store_true", help="Do not read schemas of sources.")
    propose = actions.add_parser("suggest", help="Print a first file for a source, to review.")
    propose.add_argument("source", help="The name of a data source.")
    diff = actions.add_parser("diff", help="Print what a file would change of the one in use.")
    diff.add_argument("file", type=Path)


def run(options: dict[str, Any], out: Print, err: Print) -> None:
    """Do what `action` says. Raises CommandError."""
    {"check": _check, "suggest": _suggest, "diff": _diff}[options["action"]](options, out, err)


def _check(options: dict[str, Any], out: Print, err: Print) -> None:
    path = options["file"] or current.file()
    if path is None:
        raise CommandError(_NO_FILE, returncode=USAGE)
    schemas = {} if options["offline"] else _schemas(path, err)
    meanings = _read(path, schemas, out)
    for source in meanings.all.values():
        config = source.config
        counts = (len(config.measures), len(config.dimensions), len(config.joins))
        known = "" if source.source in schemas else " Names of columns were not checked."
        out("{}: measures {}, dimensions {}, joins {}.".format(source.source, *counts) + known)


def _suggest(options: dict[str, Any], out: Print, err: Print) -> None:
    name = options["source"]
    if name not in sources().all:
        known = ", ".join(sources().all)
        raise CommandError(
            f"There is no data source {name!r}. There are: {known}.", returncode=USAGE
        )
    schema = _schema(name, err)
    if schema is None:
        raise CommandError("Without its schema nothing can be suggested.", returncode=REJECTED)
    rows = Lookup(name).current.filter(local_only=False)
    out(suggest(name, schema, rows.values_list("question", "sql")))


def _diff(options: dict[str, Any], out: Print, err: Print) -> None:
    old = current.read_file()
    new = _read(options["file"], {}, out)
    counts, confirmed = uses(), confirmed_uses()
    for change in changes(old, new):
        out(str(change))
        if number := counts[change.source, change.name]:
            out(f"    {number} stored questions use it. They keep their query as it is.")
        number = confirmed[change.source, change.part, change.name]
        if number and change.decides:
            out(f"    {number} confirmed questions use it. They become stale.")


def _read(path: Path, schemas: dict[str, Document], out: Print) -> Meanings:
    """Return the meanings of a file. With mistakes, it prints them and ends with 1."""
    try:
        return load(read_bytes(path), sources().all, current.gate, schemas, path.name)
    except ConfigError as error:
        out(str(error))
        sys.exit(REJECTED)


def _schemas(path: Path, err: Print) -> dict[str, Document]:
    """Return the schemas of the sources that the file names, as far as they can be read."""
    text = read_bytes(path).decode(errors="replace")
    named = [name for name in sources().all if f"{name}:" in text]
    return {name: schema for name in named if (schema := _schema(name, err))}


def _schema(name: str, err: Print) -> Document | None:
    source = sources().all[name]
    try:
        return read_schema(source).document
    except Failure as failure:
        err(f"{name}: its schema cannot be read: {scrubbed(source, failure)}.")
        return None
