"""
Warnings about valid queries that may answer another question than the one that was asked.

They are about rows: combined without a condition, repeated, left out, or too many. Each has a
reason in the schema or in the query.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.check.grouping import aggregates
from queryexpr.expression import Derived, SetOperation, TableName
from queryexpr.issues import Issue
from queryexpr.lint.block import Block, Outward
from queryexpr.lint.joins import cartesian, off_keys
from queryexpr.lint.keys import Rows, Schema
from queryexpr.lint.nulls import left_out, not_in
from queryexpr.lint.repeats import fan_out
from queryexpr.schema.catalogue import Catalogue

_JOIN_LINTS = (cartesian, off_keys, left_out, fan_out)
_CLAUSES = ("with", "from", "joined", "joins", "source", "on", "where", "group_by", "having",
            "qualify", "select", "order_by")  # fmt: skip
_PLACES = {key: place for place, key in enumerate(_CLAUSES)}


def lint(checked: Checked, catalogue: Catalogue | None) -> tuple[Issue, ...]:
    """Return warnings about a checked query, in the order of its parts, and then notes.

    `catalogue` is the one that it was checked with. Without it there are fewer warnings.
    """
    linter = _Linter(checked, Schema(catalogue))
    return tuple(sorted(linter.run(checked.expression.query), key=_order))


def _order(issue: Issue) -> tuple[bool, list[int]]:
    parts = issue.pointer.split("/")
    place = [int(part) if part.isdecimal() else _PLACES.get(part, 0) for part in parts]
    return issue.severity == "note", place


class _Linter:
    """One pass over the blocks of a query, inner ones first."""

    def __init__(self, checked: Checked, schema: Schema) -> None:
        self.checked = checked
        self.schema = schema
        self.blocks: dict[int, Block] = {}
        self.single: set[int] = set()  # the `id`s of Selects with at most one row
        nodes = [checked.expression.query, *(node for node, _, _ in checked.blocks)]
        self.ctes = {cte.name.lower(): cte.query for node in nodes for cte in node.with_}

    def run(self, query: Any) -> Iterator[Issue]:
        """Yield the warnings, in no order."""
        outward: Outward = {}
        for node, scope, pointer in self.checked.blocks:
            block = Block(node, scope, pointer, outward)
            rows = Rows(block, self.schema, self._single(block))
            self.blocks[id(node)] = block
            if self._is_single(block, rows):
                self.single.add(id(node))
            for join_lint in _JOIN_LINTS:
                yield from join_lint(block, rows, self.schema)
            yield from not_in(block, self.blocks)
        if query.limit is None and not _is_grouped(query) and not self._is_short(query):
            message = "The query may return many rows. Add a LIMIT if the first are enough."
            yield Issue("no_limit", message, "note", "/query")

    # ── One row ─────────────────────────────────────────────────────────────────────────────

    def _single(self, block: Block) -> Iterator[str]:
        for alias, (node, source, _) in block.members.items():
            inner = node.query if isinstance(node, Derived) else None
            if isinstance(node, TableName) and source.table is None:
                inner = self.ctes.get(node.table.lower())
            if inner is not None and self._one_row(inner):
                yield alias

    def _is_single(self, block: Block, rows: Rows) -> bool:
        node = block.node
        if node.limit is not None and node.limit <= 1:
            return True
        values = (*(item.expr for item in node.select), node.having)
        is_one_group = not node.group_by and any(aggregates(value) for value in values)
        return is_one_group or len(rows.alone) >= len(block.members)

    def _is_short(self, query: Any) -> bool:
        """Has the result of a query one row at most, or one for each part of a UNION?"""
        waiting = [query]
        while waiting:
            node = waiting.pop()
            if isinstance(node, SetOperation) and node.set.startswith("union"):
                waiting += [node.left, node.right]
            elif not self._one_row(node):
                return False
        return True

    def _one_row(self, query: Any) -> bool:
        """Is it certain that the result of a query has at most one row?"""
        while isinstance(query, SetOperation) and not query.set.startswith("union"):
            if query.limit is not None and query.limit <= 1:
                return True
            query = query.left
        if isinstance(query, SetOperation):
            return query.limit is not None and query.limit <= 1
        return id(query) in self.single


def _is_grouped(query: Any) -> bool:
    """Has it a row for each group? How many there are is what such a question asks for."""
    return not isinstance(query, SetOperation) and bool(query.group_by)
