"""
A folder of files as a database: the table `orders` is orders.parquet, orders.csv or orders.json.

CSV and JSON may be compressed, as in orders.csv.gz. What their columns are, DuckDB finds out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

_READERS = {
    **dict.fromkeys((".parquet",), "read_parquet"),
    **dict.fromkeys((".csv", ".tsv", ".csv.gz", ".tsv.gz"), "read_csv"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz"), "read_json"),
}
_NONE = "There is no file {0}.parquet, {0}.csv or {0}.json in the folder."
_SEVERAL = "The folder has {}: which is the table {}? Keep one."
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


def show(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Path]) -> None:
    """Create a view for each file."""
    for table, path in found.items():
        name = '"' + table.replace('"', '""') + '"'
        text = str(path).replace("'", "''")
        reader = next(_READERS[end] for end in _READERS if path.name == f"{table}{end}")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {reader}('{text}')")  # noqa: S608 — in quotes
