"""The values that a schema itself lists for a column, and what a prompt says of them."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.render import to_ddl, to_json

PG_CHECK = (
    "CONSTRAINT c CHECK (((kind)::text = ANY ((ARRAY['a'::character varying, "
    "'b'::character varying])::text[])))"
)


def values(ddl: str, dialect: str = "postgres") -> tuple[str, ...]:
    """Return the values of the last column of the first table."""
    return read_ddl(ddl, DIALECTS[dialect])[0].tables[0].columns[-1].values


@pytest.mark.parametrize(
    ("ddl", "dialect"),
    [
        ("CREATE TABLE t (kind TEXT NOT NULL CHECK (kind IN ('a', 'b')))", "sqlite"),
        ("CREATE TABLE t (kind TEXT, CHECK (Kind IN ('a', 'b')))", "sqlite"),
        ("CREATE TABLE t ([kind] NVARCHAR(5) CHECK ([kind] IN (N'a', N'b')))", "tsql"),
        ("CREATE TABLE t (kind ENUM('a', 'b') NOT NULL DEFAULT 'a')", "mysql"),
        (f"CREATE TABLE t (kind character varying(5), {PG_CHECK})", "postgres"),
        ("CREATE TYPE kinds AS ENUM ('a', 'b'); CREATE TABLE t (kind kinds)", "postgres"),
        ("CREATE TYPE public.kinds AS ENUM ('a','b'); CREATE TABLE t (kind public.kinds)", "postgres"),
    ],
)  # fmt: skip
def test_check_and_enum_list_the_values_of_a_column(ddl: str, dialect: str) -> None:
    assert values(ddl, dialect) == ("a", "b")


@pytest.mark.parametrize(
    "check",
    [
        "kind <> 'a'",
        "kind NOT IN ('a', 'b')",
        "kind IN ('a', 'b') OR other > 5",
        "kind IN ('a', 'b') AND LENGTH(kind) > 3",
        "other IN ('a', 'b')",
        "kind = 'a'",
        "kind IN (1, 2)",
    ],
)
def test_another_check_lists_none(check: str) -> None:
    assert values(f"CREATE TABLE t (other INT, kind TEXT CHECK ({check}))") == ()


def test_a_prompt_has_a_comment_with_the_values() -> None:
    ddl = """CREATE TABLE t (
      kind TEXT CHECK (kind IN ('tea', 'd''or')), -- what it is
      cut ENUM('s', 'm')
    )"""
    catalogue, _ = read_ddl(ddl, DIALECTS["mysql"])
    written = to_ddl(catalogue, DIALECTS["mysql"], comments=True)
    assert "kind TEXT, -- what it is; one of 'tea', 'd''or'" in written
    assert "cut TEXT -- one of 's', 'm'" in written
    assert "'" not in to_ddl(catalogue, DIALECTS["mysql"])


def test_many_and_long_values_are_cut() -> None:
    many = ", ".join(f"'{number}{'x' * 300}'" for number in range(100))
    catalogue, _ = read_ddl(f"CREATE TABLE t (a ENUM({many}))", DIALECTS["mysql"])
    assert len(to_ddl(catalogue, DIALECTS["mysql"], comments=True)) < 300


def remark(*examples: str, comment: str = "") -> str:
    """Return what a prompt says of a column with values that rows have."""
    column = {"name": "state", "type": "TEXT", "comment": comment, "examples": [*examples]}
    catalogue, _ = read_tables({"tables": [{"name": "t", "columns": [column]}]})
    assert read_tables(to_json(catalogue))[0] == catalogue
    written = to_ddl(catalogue, DIALECTS["sqlite"], comments=True)
    return written.partition("TEXT")[2].removesuffix("\n);")


def test_examples_come_before_the_comment() -> None:
    assert remark("open", "it's", comment="How it is") == " -- such as 'open', 'it''s'; How it is"


def test_no_example_is_cut_and_none_leaves_its_line() -> None:
    many = remark(*(f"{number:02}{'x' * 38}" for number in range(20)), comment="y" * 2000)
    assert many.count(f"{'x' * 38}'") == many.count("xxx'") == 4
    assert len(many) < 210
    assert remark("a\n); DROP TABLE t; --", "\u202eb", "c") == " -- such as 'c'"
