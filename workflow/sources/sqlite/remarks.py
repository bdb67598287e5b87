"""
Comments of a table and its columns: SQLite has none, and keeps the text of CREATE TABLE.

    CREATE TABLE sale (  -- what was sold
      id INTEGER PRIMARY KEY,
      total NUMERIC  -- in EUR, with tax
    )

A line that has one column, and ends with a remark, has that column's comment. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.sources.tables import TableJSON

_TEXT = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]"
_LINE = re.compile(rf"(?P<code>(?:{_TEXT}|-(?!-)|[^-'\"`\[\n])*)--(?P<remark>[^\n]*)")
_PART = re.compile(rf"{_TEXT}|\([^()]*\)")
_NAME = re.compile(rf"\s*({_TEXT}|\w+)")


def add_remarks(table: TableJSON, statement: str) -> None:
    """Add to a table and its columns the comments in its CREATE TABLE."""
    remarks = dict(_remarks(statement))
    for column in table["columns"]:
        if comment := remarks.get(column["name"].lower()):
            column["comment"] = comment
    if "" in remarks:
        table["comment"] = remarks[""]


def _remarks(statement: str) -> Iterator[tuple[str, str]]:
    """Yield the names of columns with their remarks; an empty name for the table's."""
    for line in statement.split("\n"):
        match = _LINE.fullmatch(line)
        if match is None or not (remark := match["remark"].strip()):
            continue
        code = _PART.sub("x", match["code"]).strip()
        if code.endswith("(") and code.upper().startswith("CREATE"):
            yield "", remark
        elif (name := _NAME.match(match["code"])) and "," not in code.removesuffix(","):
            yield name[1].strip("'\"`[]").lower(), remark
