"""Compares two queries by form: aliases, and the order of joins and conditions, may differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.check.scope import Scope
from queryexpr.expression import (
    Column,
    Derived,
    Item,
    Node,
    Op,
    QueryExpression,
    Select,
    Sort,
    TableName,
    Unnest,
)
from queryexpr.walk import fields

Form = tuple[Any, ...]
_SYMMETRIC = {"=", "<>", "and", "or", "+", "*", "is distinct from", "is not distinct from"}
_MIRRORED = {">": "<", ">=": "<="}


def same(one: Checked, other: Checked) -> bool:
    """Have the two queries the same form?"""
    forms = [Former(checked).form(checked.expression) for checked in (one, other)]
    return bool(forms[0] == forms[1])


class Former:
    """Returns the forms of a query and its parts, in which aliases are the names of tables."""

    def __init__(self, checked: Checked) -> None:
        self.scopes = {id(block): scope for block, scope, _ in checked.blocks}
        self.names: dict[int, str] = {}  # by the `id` of a Source
        for scope in self.scopes.values():
            self._name(scope)

    def _name(self, scope: Scope) -> None:
        """Name each source by its table, with a number in case the table is there twice."""
        counts: dict[str, int] = {}
        for source in scope.sources.values():
            table = source.table.name.lower() if source.table else ""
            counts[table] = counts.get(table, 0) + 1
            self.names[id(source)] = f"{table}#{counts[table]}"

    def form(self, expression: QueryExpression) -> Any:
        return self._form(expression.query, Scope())

    def of_value(self, value: Any, scope: Scope) -> Form:
        """Return the form of a value in a scope of the query."""
        form: Form = self._form(value, scope)
        return form

    def _form(self, node: Any, scope: Scope) -> Any:
        if isinstance(node, tuple):
            return tuple(self._form(child, scope) for child in node)
        if not isinstance(node, Node):
            return (type(node).__name__, node)
        read = _FORMS.get(type(node))
        return read(self, node, scope) if read else self._plain(node, scope)

    def _plain(self, node: Node, scope: Scope) -> Form:
        return (type(node).__name__, *(self._form(value, scope) for _, value in fields(node)))

    def select(self, node: Select, _: Scope) -> Form:
        scope = self.scopes.get(id(node), Scope())
        inner = all(join.join in ("inner", "cross") and not join.using for join in node.joins)
        conditions = [*self.terms(node.where, scope)]
        if inner:
            conditions += [term for join in node.joins for term in self.terms(join.on, scope)]
        sources = [self._form(node.from_, scope)]
        sources += [self._form(join.source if inner else join, scope) for join in node.joins]
        return (
            "select",
            tuple(sorted(map(repr, sources))) if inner else tuple(sources),
            tuple(sorted(map(repr, conditions))),
            tuple(sorted(repr(self._form(value, scope)) for value in node.group_by)),
            tuple(sorted(map(repr, self._sets(node, scope)))),
            *(self._form(part, scope) for part in (node.with_, node.having, node.qualify)),
            self._form(node.select, scope),
            node.distinct, self._form(node.distinct_on, scope),
            self._form(node.order_by, scope), node.limit, node.offset,
        )  # fmt: skip

    def _sets(self, node: Select, scope: Scope) -> Iterator[list[str]]:
        for one in node.grouping_sets:
            yield sorted(repr(self._form(node.group_by[number], scope)) for number in one)

    def terms(self, condition: Any, scope: Scope) -> list[Any]:
        """Return the conditions that AND combines."""
        if condition is None:
            return []
        if isinstance(condition, Op) and condition.op == "and":
            return [term for arg in condition.args for term in self.terms(arg, scope)]
        return [self._form(condition, scope)]

    def column(self, node: Column, scope: Scope) -> Form:
        item = scope.result(node.column, node.table)
        if item is not None:  # its expression sees no aliases
            inner = Scope(scope.outer, scope.sources, scope.merged, key=scope.key)
            return self._form(item.expr, inner)  # type: ignore[no-any-return]
        owners = scope.owners(node.column, node.table)
        owner = self.names.get(id(owners[0]), "") if owners else ""
        return ("column", owner, scope.key(node.column))

    def op(self, node: Op, scope: Scope) -> Form:
        name, args = node.op, [self._form(arg, scope) for arg in node.args]
        if name in _MIRRORED:
            name, args = _MIRRORED[name], args[::-1]  # type: ignore[assignment]
        if name in _SYMMETRIC:
            args.sort(key=repr)
        return ("op", name.removeprefix("native "), tuple(args))

    def item(self, node: Item, scope: Scope) -> Any:
        return self._form(node.expr, scope)

    def sort(self, node: Sort, scope: Scope) -> Form:
        return ("sort", self._form(node.by, scope), node.dir, node.nulls)

    def source(self, node: Any, scope: Scope) -> Form:
        source = scope.sources.get(scope.key(node.alias or node.table))
        return ("table", self.names.get(id(source), node.table.lower()))


_FORMS: dict[type, Any] = {
    Select: Former.select, Column: Former.column, Op: Former.op, Item: Former.item,
    Sort: Former.sort, TableName: Former.source,
    Unnest: lambda former, node, scope: ("unnest", former._form(node.unnest, scope)),
    Derived: lambda former, node, scope: former._form(node.query, scope),
}  # fmt: skip
