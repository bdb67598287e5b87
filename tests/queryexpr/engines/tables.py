"""Two small tables: nulls, negative numbers, ties, halves, ends of months, letters of either case."""

from __future__ import annotations

from functools import cache

from queryexpr.dialects.all import DIALECTS
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl

DDL = """
CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER, m INTEGER, r DOUBLE PRECISION, d DECIMAL(10, 3),
  s VARCHAR(20), day DATE, seen TIMESTAMP NULL, ok BOOLEAN);
CREATE TABLE part (pid INTEGER PRIMARY KEY, item_id INTEGER, k INTEGER, w VARCHAR(20));
"""
# No decimal is whole: in SQLite it would be an integer, whose division cuts fractions off.
ROWS = [
    """INSERT INTO item VALUES
  (1, 7, 2, 2.5, 1.125, 'Ada', '2020-01-31', '2020-01-31 10:20:30', TRUE),
  (2, -7, 3, -2.5, -1.125, 'bob', '2021-02-28', '2021-02-28 23:59:59', FALSE),
  (3, NULL, -2, 0.5, 2.675, NULL, '2019-12-30', NULL, NULL),
  (4, 7, NULL, 1.25, 0.5, 'eve', NULL, '2024-02-29 12:00:00', TRUE),
  (5, 150, 10, NULL, NULL, 'EVE', '2024-02-29', '2023-01-01 06:30:00', FALSE),
  (6, 2, -3, -0.75, -7.5, ' x ', '2023-01-01', '2023-12-31 18:45:10', NULL)""",
    """INSERT INTO part VALUES (1, 1, 10, 'x'), (2, 1, 20, 'Y'), (3, 2, NULL, 'y'),
  (4, 3, -5, NULL), (5, 99, 3, 'z'), (6, NULL, 10, 'x')""",
]


@cache
def catalogue(dialect: str) -> Catalogue:
    return read_ddl(DDL, DIALECTS[dialect])[0]
