"""A schema that is clearly too large is refused without being read, and no other one is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queryexpr.dialects.all import DIALECTS
from queryexpr.issues import Refused
from queryexpr.schema import checks, size
from queryexpr.schema.checks import MAX_BYTES, MAX_COLUMNS, MAX_TABLES
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.schema.size import too_large

MANY = MAX_TABLES + 1


def tables(number: int, before: str = "") -> str:
    return "\n".join(f"{before}create table t{i} (a int, b varchar(3));" for i in range(number))


@pytest.mark.parametrize(
    "schema",
    [
        tables(MANY),
        "-- Tables\n" + tables(MANY).replace(";", " DEFAULT 'x--' -- it's ours\n;"),
        "x" * (MAX_BYTES + 1),
        {"tables": [{}] * MANY},
        {"tables": [{"columns": [{}] * (MAX_COLUMNS + 1)}]},
    ],
)
def test_what_is_clearly_too_large_is_refused(schema: Any):
    assert [issue.code for issue in too_large(schema)] == ["schema_too_large"]


@pytest.mark.parametrize(
    "schema",
    [
        tables(MAX_TABLES),
        tables(MANY, "-- "),
        f"create table a (b int); /*\n{tables(MANY)}\n*/",
        f"create table a (b text default '\n{tables(MANY)}\n');",
        f"create table a (b int); create function f() as $$\n{tables(MANY)}\n$$;",
        tables(MANY).replace("(a int, b varchar(3))", "PARTITION OF whole DEFAULT"),
        tables(3),
        "",
        {"tables": None},
        {},
    ],
)
def test_what_may_be_small_enough_is_left_to_the_reader(schema: Any):
    assert too_large(schema) == ()


PIECES = st.lists(
    st.sampled_from(
        [*["\ncreate table t (a int);"] * 20, "\nCREATE TABLE ", "\n", "'", '"', "`", "[", "]", "--", "/*",
         "*/", "$$", "#", "\\", ";", "(", "it's", " PARTITION OF t", "\nCOPY t FROM stdin", "\\.",
         "\nDELIMITER //", "\nGO", "\ncreate procedure p", "a int)"]
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(PIECES, st.sampled_from(sorted(DIALECTS)))
def test_nothing_is_refused_that_the_reader_takes(pieces: list[str], dialect: str):
    text = "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        for module in (checks, size):
            patch.setattr(module, "MAX_TABLES", 2)
        if too_large(text):
            with pytest.raises(Refused, match="are allowed"):
                read_ddl(text, DIALECTS[dialect])
