"""
A folder of files as a database: the table `orders` is orders.parquet, orders.csv or orders.json.

CSV and JSON may be compressed, as in orders.csv.gz. What their columns are, DuckDB finds out.
DuckDB gets open files, never paths: a link that is changed after it was checked changes nothing.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from workflow.sources.missing import meant

_READERS = {
    ".parquet": "read_parquet('{}')",
    **dict.fromkeys((".csv", ".tsv"), "read_csv('{}')"),
    **dict.fromkeys((".csv.gz", ".tsv.gz"), "read_csv('{}', compression = 'gzip')"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "read_json('{}')"),
    **dict.fromkeys((".json.gz", ".jsonl.gz"), "read_json('{}', compression = 'gzip')"),
}
_NONE = "There is no file {0}.parquet, {0}.csv or {0}.json in the folder.{1}"
_SEVERAL = "The folder has {}: which is the table {}? Keep one."
_NO_NAME = "{!r} is not the name of a file without its ending."
_OUTSIDE = "{} leads out of the folder"
_NO_FILE = "{} is no longer a file"
_NAME = "/proc/self/fd/{}"
OPENED = re.compile(_NAME.format(r"\d+"))  # in messages of DuckDB


class LeftOut(Exception):
    """A file cannot be a table. The message has the reason, and no path."""


def find(folder: Path, tables: list[tuple[str, str]]) -> tuple[list[str], dict[str, list[Path]]]:
    """Return what is wrong, and the files of each table: more than one if its name is not clear."""
    faults: list[str] = []
    found: dict[str, list[Path]] = {}
    for schema, table in tables:
        name = table if schema == "main" else f"{schema}.{table}"
        paths = [folder / f"{name}{ending}" for ending in _READERS]
        there = [path for path in paths if path.is_file()]
        if Path(name).name != name or schema != "main":
            faults.append(_NO_NAME.format(name))
        elif there:
            found[table] = there
        else:
            faults.append(_NONE.format(name, meant(name, _names(folder))))
    return faults, found


def opened(folder: Path, table: str, paths: list[Path]) -> tuple[str, str]:
    """Open the only file of a table; return what DuckDB calls it, and what reads it, in SQL.

    It stays open as long as the process. Raises LeftOut.
    """
    if len(paths) != 1:
        raise LeftOut(_SEVERAL.format(", ".join(path.name for path in paths), table))
    name = _NAME.format(_descriptor(folder.resolve(), paths[0]))
    return name, _READERS[paths[0].name.removeprefix(table)].format(name)


def _descriptor(folder: Path, path: Path) -> int:
    """Open a file that is in `folder`, by whatever links. Raises LeftOut."""
    if not path.resolve().is_relative_to(folder):
        raise LeftOut(_OUTSIDE.format(path.name))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise LeftOut(f"{path.name}: {error.strerror}") from None
    fault = _fault(folder, descriptor)
    if fault:
        os.close(descriptor)
        raise LeftOut(fault.format(path.name))
    return descriptor


def _fault(folder: Path, descriptor: int) -> str:
    """Return why an open file may not be read: a link may lead elsewhere than a moment ago."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return _NO_FILE
    is_inside = Path(os.readlink(_NAME.format(descriptor))).is_relative_to(folder)
    return "" if is_inside else _OUTSIDE


def _names(folder: Path) -> Iterator[str]:
    """Yield the names of the tables that the files of a folder could be."""
    for path in folder.iterdir():
        yield from (path.name.removesuffix(end) for end in _READERS if path.name.endswith(end))
