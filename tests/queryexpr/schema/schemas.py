"""Schemas as dumps have them, and what is read of them."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL); -- who buys
CREATE TABLE "order" (
  id INTEGER, -- its number
  customer_id INT REFERENCES customer ON DELETE CASCADE,
  "placed at" TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  total NUMERIC(10, 2) CHECK (total > 0),
  PRIMARY KEY (id)
);
"""


def read(text: str, dialect: str = "sqlite") -> tuple[Catalogue, tuple[Issue, ...]]:
    return read_ddl(text, DIALECTS[dialect])


def refusal(text: str, dialect: str = "sqlite") -> tuple[Issue, ...]:
    with pytest.raises(Refused) as refused:
        read(text, dialect)
    return refused.value.issues


def lines(catalogue: Catalogue) -> list[tuple[str, str, bool, bool]]:
    columns = (column for table in catalogue.tables for column in table.columns)
    return [(c.name, c.type, c.nullable, c.primary_key) for c in columns]


def codes(issues: tuple[Issue, ...]) -> list[tuple[str, str]]:
    return [(issue.code, issue.severity) for issue in issues]
