"""Pairs of queries that differ, and pairs that ask the same: templates over five schemas."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pytest
import yaml

from queryexpr.check.check import check
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.expression import QueryExpression
from queryexpr.lift.lift import lift
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.worlds.search import tell_apart
from queryexpr.worlds.world import Found
from tests.support.paths import DATA

CASES: dict[str, Any] = yaml.safe_load((DATA / "worlds.yaml").read_text())


class Pair(NamedTuple):
    what: str
    schema: str
    one: str
    other: str


def pairs(kind: str, *sides: str) -> list[Pair]:
    return [
        Pair(case["what"], schema, *(case[side].format_map(known["names"]) for side in sides))
        for case in CASES[kind]
        for schema, known in CASES["schemas"].items()
    ]


DIFFERENT = pairs("different", "right", "wrong")
SAME = pairs("same", "one", "other")


def params(kind: list[Pair]) -> list[Any]:
    return [pytest.param(pair, id=f"{pair.what}, {pair.schema}") for pair in kind]


@cache
def catalogue(schema: str) -> Catalogue:
    return read_ddl(CASES["schemas"][schema]["ddl"], SQLITE)[0]


def query(sql: str, of: Catalogue) -> QueryExpression:
    lifted = lift(sql, SQLITE)
    checked = check(lifted.expression, SQLITE, of, strict_groups=False, quoted=lifted.quoted)
    assert checked.valid, checked.issues
    return checked.expression


def search(pair: Pair, **limits: Any) -> Found:
    known = catalogue(pair.schema)
    one, other = query(pair.one, known), query(pair.other, known)
    return tell_apart(one, other, SQLITE, known, **limits)
