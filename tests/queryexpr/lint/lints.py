"""A schema for lints, and what they say of a query."""

from __future__ import annotations

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.issues import Issue
from queryexpr.lift.lift import lift
from queryexpr.lint.lint import lint
from queryexpr.schema.catalogue import Catalogue, Column, ForeignKey, Table


def _table(name: str, columns: str, *keys: tuple[str, str, str]) -> Table:
    """Return a table; of its columns `id!` is the primary key, and `name?` may be null."""
    made = [
        Column(c.rstrip("!?"), "int", c.endswith("?"), c.endswith("!")) for c in columns.split()
    ]
    return Table(name, tuple(made), tuple(ForeignKey((a,), t, (b,)) for a, t, b in keys))


SHOP = Catalogue(
    (
        _table("customers", "id! name city points"),
        _table("agents", "id! name"),
        _table(
            "orders",
            "id! customer_id agent_id? placed status total",
            ("customer_id", "customers", "id"),
            ("agent_id", "agents", "id"),
        ),
        _table("payments", "id! customer_id amount", ("customer_id", "customers", "id")),
        _table("items", "order_id! line! price", ("order_id", "orders", "id")),
        _table("tags", "id! label"),
        _table("tagged", "customer_id! tag_id!", ("customer_id", "customers", "id"), ("tag_id", "tags", "id")),
    )
)  # fmt: skip


def lints(sql: str, catalogue: Catalogue | None = SHOP, but: str = "no_limit") -> list[Issue]:
    checked = check(lift(sql, DIALECTS["mysql"]).expression, DIALECTS["mysql"], catalogue)
    return [issue for issue in lint(checked, catalogue) if issue.code != but]


def codes(sql: str, catalogue: Catalogue | None = SHOP) -> list[str]:
    return [issue.code for issue in lints(sql, catalogue)]
