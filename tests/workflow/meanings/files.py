"""A file of meanings for tests, and how it is loaded without a process of its own."""

from __future__ import annotations

import textwrap
from typing import Any

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import Definitions, check_meanings
from workflow.meanings.load import load
from workflow.meanings.meanings import Meanings
from workflow.sources.source import Source
from workflow.sources.url import Address

GOOD = """
meanings:
  sales:
    measures:
      net_revenue:
        expr: SUM(orders.total)
        filter: orders.status <> 4
        owner: Finance
        description: What customers paid, without refunds
        synonyms: [net sales, Nettoumsatz]
      order_count: COUNT(orders.id)
    dimensions:
      region: customers.region
      year:
        expr: STRFTIME('%Y', orders.placed)
        synonyms: [Jahr]
    joins:
      - left: orders
        right: customers
        on: orders.customer_id = customers.id
        relationship: many_to_one
    codes:
      orders.status: {1: paid, 4: refunded}
    synonyms:
      customers: [clients, Kunden]
    values:
      customers.region: {samples: [north, south], local: true}
    never:
      - tables: [salaries]
        topics: [salary, Gehalt]
        answer: Salaries are not answered here. Ask Human Resources.
      - columns: [customers.email]
        answer: Addresses of customers are not shown.
"""
COLUMNS = {
    "orders": {"id": "INTEGER", "customer_id": "INTEGER", "total": "NUMERIC", "status": "INTEGER", "placed": "DATE"},
    "customers": {"id": "INTEGER", "region": "TEXT", "email": "TEXT"},
    "salaries": {"id": "INTEGER", "amount": "NUMERIC"},
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "tables": [
        {
            "name": name,
            "columns": [
                {"name": c, "type": t, "primary_key": c == "id"} for c, t in columns.items()
            ],
            "foreign_keys": [],
        }
        for name, columns in COLUMNS.items()
    ]
}
SALES = Source("sales", "Sales", frozenset({"analysts"}), tuple(COLUMNS), Address("sqlite", {}, ()))


def gate(documents: list[Any]) -> Definitions:
    return answer(check_meanings(documents))


def read(text: str = GOOD, *, schema: dict[str, Any] | None = SCHEMA) -> Meanings:
    known = {"sales": schema} if schema else {}
    return load(textwrap.dedent(text).encode(), {"sales": SALES}, gate, known)
