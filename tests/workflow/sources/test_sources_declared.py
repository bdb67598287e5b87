"""The values that a database declares for its columns, as real engines write them."""

from __future__ import annotations

import pytest

from workflow.sources.declared import checks_in, declare, values_of_check, values_of_enum


@pytest.mark.parametrize(
    ("check", "column", "values"),
    [
        ("CHECK((s IN ('p', 'q')))", "s", ["p", "q"]),
        ("CHECK (kind in ('a','it''s'))", "kind", ["a", "it's"]),
        ("`state` in ('open','closed')", "state", ["open", "closed"]),
        ("`state` in (_utf8mb4'open',_utf8mb4'closed')", "state", ["open", "closed"]),
        ("(`Full state` in ('x'))", "Full state", ["x"]),
        ("""CHECK (("Full state" = ANY (ARRAY['a'::text, 'b, c'::text])))""", "Full state",
         ["a", "b, c"]),
        ("CHECK (((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
         "kind", ["a", "b"]),
        ("CHECK ((total > (0)::numeric))", "", []),
        ("CHECK (((kind = 'a'::text) OR (total > 1)))", "", []),
        ("CHECK (kind IN ('a', other))", "", []),
        ("CHECK (lower(kind) IN ('a'))", "", []),
        ("CHECK (kind NOT IN ('a'))", "", []),
        ("CHECK (kind IN ('a') OR kind IS NULL)", "", []),
        ("CHECK (number IN (1, 2))", "", []),
    ],
)  # fmt: skip
def test_a_check_that_lists_texts(check: str, column: str, values: list[str]) -> None:
    assert values_of_check(check) == (column, values)


def test_the_checks_of_a_statement() -> None:
    statement = """CREATE TABLE t (g char CHECK (`g` in ('a','b')), x int CHECK (x > 1),
      CONSTRAINT c CHECK ((`h` in (_utf8mb4'a'))), k text, CHECK (k IN ('x') OR k = ''))"""
    found = dict(map(values_of_check, checks_in(statement)))
    assert {name: values for name, values in found.items() if name} == {"g": ["a", "b"], "h": ["a"]}


def test_an_enum() -> None:
    assert values_of_enum("enum('glad','it''s')") == ["glad", "it's"]
    assert values_of_enum("ENUM('x', 'y')") == ["x", "y"]
    assert values_of_enum("varchar(20)") == []


def test_too_many_values_and_long_ones_are_left_out() -> None:
    column = {"name": "s", "type": "text", "nullable": True, "primary_key": False}
    for listed in (",".join(f"'{n}'" for n in range(101)), f"'{'x' * 201}'"):
        declare([column], [f"s IN ({listed})"])  # type: ignore[list-item]
        assert "values" not in column
