"""Unique keys of a schema, besides its primary keys."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.render import to_json


@pytest.mark.parametrize(
    ("ddl", "keys"),
    [
        ("CREATE TABLE t (a INT UNIQUE, b INT)", (("a",),)),
        ("CREATE TABLE t (a INT, b INT NOT NULL UNIQUE)", (("b",),)),
        ("CREATE TABLE t (a INT, b INT, UNIQUE (a, B))", (("a", "b"),)),
        ("CREATE TABLE t (a INT, b INT, CONSTRAINT one UNIQUE (b), UNIQUE (a))", (("b",), ("a",))),
        ("CREATE TABLE t (a INT, UNIQUE KEY by_a (a))", (("a",),)),
        ("CREATE TABLE t (a INT); ALTER TABLE t ADD CONSTRAINT one UNIQUE (a)", (("a",),)),
        ("CREATE TABLE t (a INT, UNIQUE (lower(a)))", ()),
        ("CREATE TABLE t (a INT PRIMARY KEY)", ()),
    ],
)
def test_unique_keys_are_read(ddl, keys):
    catalogue, _ = read_ddl(ddl, DIALECTS["mysql"])
    assert catalogue.tables[0].unique_keys == keys
    assert read_tables(to_json(catalogue))[0].tables[0].unique_keys == keys
