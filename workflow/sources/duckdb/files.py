"""
A folder of files as a database: the table `orders` is orders.parquet, orders.csv or orders.json.

CSV and JSON may be compressed, as in orders.csv.gz. What their columns are, DuckDB finds out.
"""

from __future__ import annotations

import re
from pathlib import Path

_READERS = {
    **dict.fromkeys((".parquet",), "read_parquet"),
    **dict.fromkeys((".csv", ".tsv", ".csv.gz", ".tsv.gz"), "read_csv"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz"), "read_json"),
}
_NONE = "There is no file {0}.parquet, {0}.csv or {0}.json in the folder."
_SEVERAL = "The folder has {}: which is the table {}? Keep one."
_PATTERN = re.compile(r"[*?\[]")
_NO_NAME = "{!r} is not the name of a file without its ending."


def find(folder: Path, tables: list[tuple[str, str]]) -> tuple[list[str], dict[str, Path]]:
    """Return what is wrong, and the file of each table."""
    faults: list[str] = []
    found: dict[str, Path] = {}
    for schema, table in tables:
        name = table if schema == "main" else f"{schema}.{table}"
        candidates = [folder / f"{name}{ending}" for ending in _READERS]
        there = [path for path in candidates if path.is_file()]
        if Path(name).name != name or schema != "main":
            faults.append(_NO_NAME.format(name))
        elif len(there) != 1:
            listed = ", ".join(path.name for path in there)
            faults.append(_SEVERAL.format(listed, name) if there else _NONE.format(name))
        else:
            found[table] = there[0]
    return faults, found


def reader_of(path: Path, table: str) -> str:
    """Return what reads the file of a table, in SQL."""
    reader = next(_READERS[end] for end in _READERS if path.name == f"{table}{end}")
    text = escaped(path).replace("'", "''")
    return f"{reader}('{text}')"


def escaped(path: Path) -> str:
    """Return a file of the working directory as a pattern that fits no other.

    DuckDB takes each path for a pattern. It may list this folder, but not those above.
    """
    return _PATTERN.sub(r"[\g<0>]", path.name)
