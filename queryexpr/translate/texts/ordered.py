"""
STRING_AGG with ORDER BY, for a dialect whose aggregates have none: a window in a query in FROM.

    SELECT g, STRING_AGG(w, ',' ORDER BY n) FROM t GROUP BY g
    SELECT g, MAX(joined) FROM (SELECT g, STRING_AGG(w, ',') OVER (PARTITION BY g ORDER BY n
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS joined FROM t) GROUP BY g

With DISTINCT, the rows of a value are numbered before, and only the first of them is joined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import (
    Aggregate,
    Case,
    Column,
    Derived,
    Frame,
    Function,
    Item,
    Op,
    Select,
    Star,
    Subquery,
    When,
    Window,
)
from queryexpr.schema.catalogue import Catalogue
from queryexpr.walk import rebuild, walk

ALL = Frame(frame="rows", start="unbounded preceding", end="unbounded following")
_GONE = {"from_": None, "joins": (), "where": None}


def has_ordered_texts(query: Any) -> bool:
    """Has the query such an aggregate, or one inside of it?"""
    return any(_is_ordered(node) for node, _ in walk(query, subqueries=True))


def _is_ordered(node: Any) -> bool:
    return isinstance(node, Aggregate) and node.agg == "string_agg" and bool(node.order_by)


def _values(node: Select) -> tuple[Any, ...]:
    return (*node.select, *node.group_by, node.having, *node.order_by)


class Wrapped:
    """A query block around one with ordered texts, or with what else `takes` is true of."""

    what = "STRING_AGG with ORDER BY"
    takes = staticmethod(_is_ordered)

    def __init__(self, node: Select, target: Dialect, catalogue: Catalogue | None) -> None:
        self.node, self.target, self.catalogue = node, target, catalogue
        self.names: dict[tuple[str | None, str], str] = {}  # of columns that the block uses
        self.joined: list[Aggregate] = []
        self.keys = tuple(map(self._key, node.group_by))
        self._check()

    def query(self) -> Select:
        parts = {
            "select": tuple(map(self._item, self.node.select)),
            "group_by": tuple(self._outer(key) for key in self.node.group_by),
            "having": self._outer(self.node.having),
            "order_by": tuple(self._outer(sort) for sort in self.node.order_by),
        }
        for value in (*self.keys, *self.joined):
            self._mapped(value, "ordered")  # so that all of their columns have names
        inner = Derived(query=self._inner(), alias="ordered")
        return self.node.model_copy(update={**_GONE, "from_": inner, **parts})

    def _check(self) -> None:
        node = self.node
        if node.from_ is None or node.grouping_sets or node.distinct_on or node.qualify is not None:
            raise lacks(self.target, f"{self.what} in such a query")
        if any(isinstance(part, Star | Subquery | Window) for part, _ in walk(_values(node))):
            raise lacks(self.target, f"{self.what} beside windows, queries and stars")

    def _key(self, key: Any) -> Any:
        """Return what rows are grouped by; a number, or an alias, is of a column of the result."""
        if type(key) is int:
            return self.node.select[key - 1].expr
        item = self._result(key)
        if item is None or item.expr == key:
            return key
        if self._may_be_column(key.column):
            raise lacks(self.target, f"{self.what} grouped by a name of two meanings")
        return item.expr

    def _result(self, value: Any) -> Item | None:
        """Return the column of the result that a name may be, by its alias."""
        if not isinstance(value, Column) or value.table is not None:
            return None
        items = (i for i in self.node.select if (i.alias or "").lower() == value.column.lower())
        return next(items, None)

    def _may_be_column(self, name: str) -> bool:
        """May a source have a column of that name?"""
        if self.catalogue is None or any(t.column(name) for t in self.catalogue.tables):
            return True
        sources = (self.node.from_, self.node.joins, self.node.with_)
        items = (n for n, _ in walk(sources, subqueries=True) if isinstance(n, Item))
        return any((item.alias or "").lower() == name.lower() for item in items)

    def _item(self, item: Item) -> Item:
        new, name = self._outer(item.expr), getattr(item.expr, "column", None)
        alias = item.alias or (name if name != getattr(new, "column", None) else None)
        return Item(expr=new, alias=alias)

    def _outer(self, value: Any) -> Any:
        """Return a value of the block as one of the query around it."""
        return self._mapped(value, "ordered", self._text)

    def _text(self, node: Aggregate) -> Aggregate:
        if node not in self.joined:
            self.joined.append(node)
        place = self.joined.index(node) + 1
        return Aggregate(agg="max", args=(Column(column=f"joined_{place}", table="ordered"),))

    def _mapped(
        self, value: Any, table: str, text: Callable[[Aggregate], Any] | None = None
    ) -> Any:
        """Return a value with columns of the query in FROM in the place of its own."""
        if text and self.takes(value):
            return text(value)
        if isinstance(value, Column):
            item = self._result(value)
            if item and (item.expr != value) and not self._may_be_column(value.column):
                return value
            return Column(column=self._name(value), table=table)
        if isinstance(value, tuple):
            return tuple(self._mapped(one, table, text) for one in value)
        if not hasattr(value, "model_copy"):
            return value
        fields = {name: self._mapped(part, table, text) for name, part in value.__dict__.items()}
        return value.model_copy(update=fields)

    def _name(self, column: Column) -> str:
        key = (column.table and column.table.lower(), column.column.lower())
        if key not in self.names:
            used = {name.lower() for name in self.names.values()}
            number = sum(column.column.lower() == name for _, name in self.names) + 1
            name = column.column if number == 1 else f"{column.column}_{number}"
            if name.lower() in used or name.lower().startswith(("joined_", "number_")):
                raise lacks(self.target, f"{self.what} of a column {name!r}")
            self.names[key] = name
        return self.names[key]

    def _inner(self) -> Select:
        """Return the query in FROM, with the texts as windows."""
        block = Select(
            from_=self.node.from_, joins=self.node.joins, where=self.node.where,
            select=self._columns(),
        )  # fmt: skip
        if not any(text.distinct for text in self.joined):
            texts = [self._window(text, self.keys) for text in self.joined]
            return self._with(block, "joined", texts)
        numbers = [self._number(text) for text in self.joined]
        numbered = Derived(query=self._with(block, "number", numbers), alias="numbered")
        columns = tuple(
            Item(expr=Column(column=name, table="numbered"), alias=name)
            for name in self.names.values()
        )
        keys = self._mapped(self.keys, "numbered")
        texts = [self._window(text, keys, place) for place, text in enumerate(self.joined, 1)]
        return self._with(
            Select(from_=numbered, select=columns or (Item(expr=1),)), "joined", texts
        )

    def _columns(self) -> tuple[Item, ...]:
        named = ((Column(column=c, table=t), name) for (t, c), name in self.names.items())
        return tuple(Item(expr=column, alias=name) for column, name in named) or (Item(expr=1),)

    def _with(self, block: Select, name: str, values: list[Any]) -> Select:
        more = [Item(expr=value, alias=f"{name}_{n}") for n, value in enumerate(values, 1)]
        return block.model_copy(update={"select": (*block.select, *more)})

    def _number(self, text: Aggregate) -> Window:
        """Return a row's number among those of its group with the same value."""
        if text.distinct and any(sort.by != text.args[0] for sort in text.order_by):
            raise lacks(self.target, "STRING_AGG(DISTINCT x ORDER BY y)")
        kept = () if text.filter is None else (_as_number(text.filter),)
        rows = (*self.keys, *text.args[:1], *kept)
        return Window(window=Function(fn="row_number"), partition_by=rows)

    def _window(self, text: Aggregate, keys: tuple[Any, ...], place: int = 0) -> Window:
        """Return a text over a window; `place` is that of its number, if rows are numbered."""
        text = self._mapped(text, "numbered") if place else text
        condition = text.filter
        if text.distinct:
            first = Op(op="=", args=(Column(column=f"number_{place}", table="numbered"), 1))
            condition = first if condition is None else Op(op="and", args=(condition, first))
        plain = Aggregate(agg=text.agg, args=text.args, filter=condition)
        return Window(window=plain, partition_by=keys, order_by=text.order_by, frame=ALL)


def _as_number(condition: Any) -> Case:
    return Case(case=(When(when=condition, then=1),), otherwise=0)


def without_ordered_texts(query: Any, target: Dialect, catalogue: Catalogue | None) -> Any:
    """Return a query without them. Raises Refused where that is not possible."""
    return with_windows(query, target, catalogue, Wrapped)


def with_windows(
    query: Any, target: Dialect, catalogue: Catalogue | None, wrapper: type[Wrapped]
) -> Any:
    """Return a query with windows in FROM in place of aggregates. Raises Refused."""

    def wrapped(node: Any) -> Any:
        if not isinstance(node, Select) or not any(
            wrapper.takes(n) for n, _ in walk(_values(node))
        ):
            return node
        return wrapper(node, target, catalogue).query()

    return rebuild(query, wrapped)
