"""Comments of SQLite's tables are the remarks in their CREATE TABLE."""

from __future__ import annotations

import sqlite3

from workflow.sources.sqlite.schema import describe

TABLE = """\
CREATE TABLE sale (  -- what was sold
  id INTEGER PRIMARY KEY, -- its number
  "net total" NUMERIC(10, 2) DEFAULT 0,  -- in EUR, before tax
  note TEXT DEFAULT 'a -- b',
  mark TEXT CHECK (mark IN ('x', '--')),   --    one of two
  a INTEGER, b INTEGER, -- two columns
  [last] TEXT --
  -- the end
)"""


def test_a_line_of_one_column_may_have_its_comment() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(TABLE)
    (table,) = describe(connection, ["sale"])
    connection.close()
    assert table["comment"] == "what was sold"
    assert {c["name"]: c.get("comment", "") for c in table["columns"]} == {
        "id": "its number", "net total": "in EUR, before tax", "note": "", "mark": "one of two",
        "a": "", "b": "", "last": "",
    }  # fmt: skip
