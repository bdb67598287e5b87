"""Checks of value expressions: names, operands, and which clause may hold an aggregate."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from workflow.query import natives
from workflow.query.expression import (
    Aggregate,
    Case,
    Cast,
    Column,
    Function,
    Interval,
    Item,
    Native,
    Node,
    Op,
    Select,
    Sort,
    Star,
    Subquery,
    When,
    Window,
)
from workflow.query.expression import Values as List
from workflow.query.issues import did_you_mean
from workflow.query.operators import (
    AGGREGATES,
    COMPARISONS,
    FUNCTIONS,
    OPERATORS,
    PATTERNS,
    RANKINGS,
    UNITS,
    WITH_UNIT,
)
from workflow.query.scope import Output, Scope
from workflow.query.types import kind
from workflow.query.words import is_collation, is_length, is_type, is_unit

if TYPE_CHECKING:
    from workflow.query.check import Checker

_ORDERED = {"string_agg", "array_agg", "list", "mode", "first", "last", "percentile_cont",
            "percentile_disc"}  # fmt: skip
_BOUND = re.compile(r"current row|(unbounded|\d{1,9}) (preceding|following)")
_CHILDREN = {
    Op: ("args",), Aggregate: ("args", "filter", "order_by"), Function: ("args",),
    Native: ("args",), Case: ("of", "case", "otherwise"), When: ("when", "then"), Cast: ("cast",),
    Interval: ("interval",), Window: ("window", "partition_by", "order_by"), Sort: ("by",),
    List: ("values",),
}  # fmt: skip
# Where the alias of a result may stand in for what it names; elsewhere it is written out.
_ALIAS_IN_GROUP = {"sqlite", "postgres", "mysql", "snowflake", "bigquery", "duckdb"}
_ALIAS_IN_HAVING = _ALIAS_IN_GROUP - {"postgres"}


class Place:
    """Where a value stands: in which clause, and inside of what."""

    __slots__ = ("aggregate", "clause", "results", "window")

    def __init__(
        self, clause: str, results: str = "", *, aggregate: bool = False, window: bool = False
    ) -> None:
        self.clause = clause
        self.results = results  # are aliases of results seen? "first", "last", "expand" or not
        self.aggregate = aggregate  # inside of an aggregate
        self.window = window  # inside of a window

    def inside(self, node: Any) -> Place:
        """Return the place of the operands of `node`."""
        if isinstance(node, Window):
            return Place(self.clause, self.results, aggregate=self.aggregate, window=True)
        if isinstance(node, Aggregate):
            return Place(self.clause, self.results, aggregate=True, window=self.window)
        return self


class Values:
    """Checks values for a Checker. `native`: the query may use its dialect's own words."""

    def __init__(self, checker: Checker, *, native: bool, quoted: Any) -> None:
        self.checker = checker
        self.native = native
        self.quoted = quoted

    # ── Clauses ─────────────────────────────────────────────────────────────────────────────

    def clauses(self, node: Select, scope: Scope, pointer: str) -> dict[str, Any]:
        """Return the clauses of a query block with exact names."""
        name = self.checker.dialect.name
        named = {item.alias.lower(): item for item in node.select if item.alias}
        items = tuple(
            self._item(item, scope, f"{pointer}/select/{place}")
            for place, item in enumerate(node.select)
        )
        scope.results = {alias: items[node.select.index(item)] for alias, item in named.items()}
        group = Place("GROUP BY", "last" if name in _ALIAS_IN_GROUP else "expand")
        having = Place("HAVING", "last" if name in _ALIAS_IN_HAVING else "expand")
        return {
            "select": items,
            "where": self.condition(node.where, scope, f"{pointer}/where", "WHERE"),
            "group_by": self.every(node.group_by, scope, f"{pointer}/group_by", group),
            "having": self.value(node.having, scope, f"{pointer}/having", having),
            "order_by": self.sorts(node.order_by, scope, f"{pointer}/order_by"),
        }

    def _item(self, item: Item, scope: Scope, pointer: str) -> Item:
        if isinstance(item.expr, Star):
            return item.model_copy(update={"expr": self._star(item.expr, scope, pointer)})
        value = self.value(item.expr, scope, f"{pointer}/expr", Place("SELECT"))
        return item.model_copy(update={"expr": value})

    def _star(self, star: Star, scope: Scope, pointer: str) -> Star:
        if not star.star:
            self.checker.wrong("shape", "'star' is true, or is left out.", pointer)
        if star.table is None:
            if not scope.sources:
                self.checker.wrong("star", "* needs a table in FROM.", pointer)
            return star
        source = scope.source(star.table)
        if source is None:
            self._unknown_alias(star.table, scope, pointer)
            return star
        return star.model_copy(update={"table": source.alias})

    def condition(self, node: Any, scope: Scope, pointer: str, clause: str) -> Any:
        """Return a condition that stands before rows are put together."""
        return self.value(node, scope, pointer, Place(clause, "expand"))

    def sorts(
        self,
        sorts: tuple[Sort, ...],
        scope: Scope,
        pointer: str,
        outputs: list[Output] | None = None,
    ) -> tuple[Sort, ...]:
        """Return ORDER BY; a whole number means a column of the result."""
        place = Place("ORDER BY", "first")
        return self.every(sorts, scope, pointer, place)

    # ── Values ──────────────────────────────────────────────────────────────────────────────

    def every(
        self, nodes: tuple[Any, ...], scope: Scope, pointer: str, place: Place
    ) -> tuple[Any, ...]:
        """Return several values with exact names."""
        return tuple(
            self.value(node, scope, f"{pointer}/{number}", place)
            for number, node in enumerate(nodes)
        )

    def value(self, node: Any, scope: Scope, pointer: str, place: Place) -> Any:
        """Return a value expression with exact names."""
        if not isinstance(node, Node):
            return node
        if isinstance(node, List):
            self.checker.wrong("shape", "A 'list' stands only beside 'in'.", pointer)
            return node
        if judge := _JUDGES.get(type(node)):
            judge(self, node, pointer, place)
        if isinstance(node, Column):
            return self._column(node, scope, pointer, place)
        if isinstance(node, Subquery):
            query, _ = self._subquery(node, scope, pointer)
            return node.model_copy(update={"query": query})
        changed = self._children(node, scope, pointer, place)
        if isinstance(changed, Op):
            self._operands(changed, scope, pointer)
        return changed

    def _children(self, node: Node, scope: Scope, pointer: str, place: Place) -> Node:
        inner, update = place.inside(node), {}
        for name in _CHILDREN.get(type(node), ()):
            child, at = getattr(node, name), f"{pointer}/{_wire(type(node), name)}"
            if isinstance(node, Window) and name == "window":
                checked = self._over(child, scope, at, place)
            elif isinstance(node, Op) and node.op in ("in", "not in"):
                checked = self._in(child, scope, at, inner)
            elif isinstance(child, tuple):
                checked = self.every(child, scope, at, inner)
            else:
                checked = self.value(child, scope, at, inner)
            if checked is not child:
                update[name] = checked
        return node.model_copy(update=update) if update else node

    def _in(self, args: tuple[Any, ...], scope: Scope, pointer: str, place: Place) -> Any:
        """Return the operands of `in`, of which the last may be a list."""
        if not args or not isinstance(args[-1], List):
            return self.every(args, scope, pointer, place)
        values = self.every(args[-1].values, scope, f"{pointer}/1/list", place)
        first = self.every(args[:-1], scope, pointer, place)
        return (*first, args[-1].model_copy(update={"values": values}))

    def _over(self, node: Aggregate | Function, scope: Scope, pointer: str, place: Place) -> Any:
        """Return what stands before OVER: an aggregate there is none of the query's."""
        known = {**RANKINGS}
        if isinstance(node, Function):
            self._arity(node.fn, len(node.args), known, pointer, "ranking function")
        else:
            self._known_aggregate(node, pointer)
        return self._children(node, scope, pointer, Place(place.clause, place.results))

    def _subquery(self, node: Subquery, scope: Scope, pointer: str) -> Any:
        ctes = self.checker.ctes
        found = self.checker.query(node.query, scope, ctes, f"{pointer}/query")
        self.checker.ctes = ctes
        return found

    # ── Columns ─────────────────────────────────────────────────────────────────────────────

    def _column(self, node: Column, scope: Scope, pointer: str, place: Place) -> Any:
        result = scope.results.get(node.column.lower()) if node.table is None else None
        own = scope.own(node.column, node.table)
        known = scope.known(node.column, node.table)
        if result is not None and place.results and (place.results == "first" or not known):
            if place.results == "expand":
                return self.value(result.expr, Scope(scope.outer, scope.sources), pointer, place)
            return node.model_copy(update={"column": result.alias})
        found = own or scope.find(node.column, node.table)
        if len(found) == 1:
            return self._named(node, *found[0])
        if found:
            self._ambiguous(node, found, pointer)
        elif id(node) in self.quoted and self.checker.dialect.name == "sqlite":
            return node.column  # SQLite takes "text" for a text where no column is so named
        else:
            self._unknown_column(node, scope, pointer)
        return node

    def _named(self, node: Column, source: Any, output: Output) -> Column:
        table = source.alias if node.table else None
        if (node.column, node.table) == (output.name, table):
            return node
        return node.model_copy(update={"column": output.name, "table": table})

    def _ambiguous(self, node: Column, found: list[Any], pointer: str) -> None:
        options = tuple(f"{source.alias}.{output.name}" for source, output in found)
        message = f"{node.column!r} may be {' or '.join(options)}: name its table."
        self.checker.wrong("ambiguous_column", message, pointer, near=options)

    def _unknown_column(self, node: Column, scope: Scope, pointer: str) -> None:
        if node.table is not None and scope.source(node.table) is None:
            self._unknown_alias(node.table, scope, pointer)
            return
        sources = [scope.source(node.table)] if node.table else list(scope.every())
        names = [o.name for s in sources if s for o in (s.columns or {}).values()]
        near = self.checker.near(node.column, dict.fromkeys(names))
        who = f"{node.table!r} has no" if node.table else "No table in FROM has a"
        message = f"{who} column {node.column!r}."
        self.checker.wrong("unknown_column", message + did_you_mean(near), pointer, near=near)

    def _unknown_alias(self, table: str, scope: Scope, pointer: str) -> None:
        near = self.checker.near(table, [source.alias for source in scope.every()])
        message = f"FROM has no table {table!r}.{did_you_mean(near)}"
        self.checker.wrong("unknown_alias", message, pointer, near=near)

    # ── Judgements ──────────────────────────────────────────────────────────────────────────

    def _arity(
        self, name: str, given: int, known: dict[str, tuple[int, int]], pointer: str, what: str
    ) -> bool:
        if name not in known:
            near = self.checker.near(name, known)
            message = f"There is no {what} {name[:40]!r}.{did_you_mean(near)}"
            self.checker.wrong("function", message, pointer, near=near)
            return False
        fewest, most = known[name]
        if not fewest <= given <= most:
            needs = str(fewest) if fewest == most else f"{fewest} to {most}"
            message = f"{name!r} takes {needs} operands, not {given}."
            self.checker.wrong("operands", message, pointer)
        return fewest <= given <= most

    def _judge_op(self, node: Op, pointer: str, place: Place) -> None:
        if not self._arity(node.op, len(node.args), OPERATORS, pointer, "operator"):
            return
        if "native" in node.op and not self.native:
            plain = node.op.replace("native ", "")
            message = f"{node.op!r} is for queries that were lifted from SQL: write {plain!r}."
            self.checker.wrong("native", message, pointer)
        if node.op in ("in", "not in") and not isinstance(node.args[-1], List | Subquery):
            self.checker.wrong("operands", "'in' takes a list or a query.", f"{pointer}/args/1")
        if node.op in ("exists", "not exists") and not isinstance(node.args[0], Subquery):
            self.checker.wrong("operands", "'exists' takes a query.", f"{pointer}/args/0")
        if node.op == "collate" and not self._is_collation(node.args[-1]):
            self.checker.wrong(
                "operands", "'collate' takes a collation's name.", f"{pointer}/args/1"
            )

    def _is_collation(self, name: Any) -> bool:
        return isinstance(name, str) and is_collation(self.checker.dialect.name, name)

    def _judge_function(self, node: Function, pointer: str, place: Place) -> None:
        if node.fn in RANKINGS:
            self.checker.wrong("window", f"{node.fn!r} needs a window around it.", pointer)
            return
        known = self._arity(node.fn, len(node.args), FUNCTIONS, pointer, "function")
        if known and node.fn == "date_add" and isinstance(node.args[1], str):
            self.checker.wrong("operands", "'date_add' adds a number.", f"{pointer}/args/1")
        if known and node.fn in WITH_UNIT and node.unit is None:
            units = ", ".join(sorted(UNITS))
            self.checker.wrong("unit", f"{node.fn!r} needs a 'unit', one of {units}.", pointer)
        elif known and node.fn not in WITH_UNIT and node.unit is not None:
            self.checker.wrong("unit", f"{node.fn!r} takes no 'unit'.", pointer)

    def _judge_native(self, node: Native, pointer: str, place: Place) -> None:
        name, dialect = node.native.upper(), self.checker.dialect
        if not self.native:
            message = (
                f"{node.native!r} is {dialect.title}'s own: use a function of the query expression."
            )
            self.checker.wrong("native", message, pointer)
        elif name not in natives.functions(dialect.name) and name != "EXTRACT":
            near = self.checker.near(name, natives.functions(dialect.name))
            message = (
                f"{name[:40]} is not among the functions that may be called in {dialect.title}."
            )
            self.checker.wrong("function", message + did_you_mean(near), pointer, near=near)
        if name == "EXTRACT" and (len(node.args) != 1 or not node.unit):
            self.checker.wrong("operands", "EXTRACT takes a unit and one operand.", pointer)
        position = natives.UNIT_AT.get((dialect.name, name))
        lacks = position is not None and node.unit is None and name != "LAST_DAY"
        if lacks or (position is not None and len(node.args) < position):
            self.checker.wrong("operands", f"{name} needs a unit and its operands.", pointer)
        if node.unit is not None and not is_unit(node.unit):
            self.checker.wrong("unit", "A unit is a word such as MONTH.", pointer)
        if node.unit and name != "EXTRACT" and (dialect.name, name) not in natives.UNIT_AT:
            self.checker.wrong("unit", f"{name} takes no unit.", pointer)

    def _judge_aggregate(self, node: Aggregate, pointer: str, place: Place) -> None:
        if place.clause in ("WHERE", "GROUP BY", "ON"):
            message = f"{node.agg!r} cannot stand in {place.clause}: 'having' comes after groups."
            self.checker.wrong("aggregate", message, pointer)
        if place.aggregate and not place.window:
            message = f"{node.agg!r} stands inside of another aggregate: use a query in FROM."
            self.checker.wrong("aggregate", message, pointer)
        self._known_aggregate(node, pointer)

    def _known_aggregate(self, node: Aggregate, pointer: str) -> None:
        known = _aggregates(self.checker.dialect.name if self.native else "")
        self._arity(node.agg, len(node.args), known, pointer, "aggregate")
        if node.agg == "count" and node.distinct and not node.args:
            self.checker.wrong("operands", "'count' with 'distinct' needs an operand.", pointer)
        if node.order_by and node.agg not in _ORDERED:
            self.checker.wrong("operands", f"{node.agg!r} has no order.", f"{pointer}/order_by")
        needs_order = node.agg.startswith("percentile") or (node.agg == "mode" and not node.args)
        if needs_order and not node.order_by:
            message = f"{node.agg!r} needs 'order_by': the value that it is of."
            self.checker.wrong("operands", message, pointer)

    def _judge_window(self, node: Window, pointer: str, place: Place) -> None:
        if place.clause in ("WHERE", "GROUP BY", "ON", "HAVING"):
            message = f"A window cannot stand in {place.clause}: use a query in FROM."
            self.checker.wrong("window", message, pointer)
        if place.aggregate or place.window:
            self.checker.wrong("window", "A window cannot stand inside of an aggregate.", pointer)
        frame = node.frame
        bounds = [b for b in (frame.start, frame.end) if b] if frame else []
        if not all(
            re.fullmatch(r"current row|(unbounded|\d{1,9}) (preceding|following)", b)
            for b in bounds
        ):
            message = (
                "A frame's bound is 'unbounded preceding', '3 preceding', 'current row' and so on."
            )
            self.checker.wrong("window", message, f"{pointer}/frame")

    def _judge_cast(self, node: Cast, pointer: str, place: Place) -> None:
        if not is_type(node.type.lower()):
            self.checker.wrong("type", f"{node.type[:40]!r} is no type.", f"{pointer}/type")

    def _judge_interval(self, node: Interval, pointer: str, place: Place) -> None:
        value = node.interval
        if isinstance(value, str):
            good = is_length(value)
        elif isinstance(value, Node):  # MySQL and BigQuery take an expression, the others none
            computed = self.native and self.checker.dialect.name in ("mysql", "bigquery")
            good = computed and not isinstance(value, Subquery)
        else:
            good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good:
            message = "An interval is a number of its unit. To add another value, use 'date_add'."
            self.checker.wrong("type", message, pointer)

    def _judge_star(self, node: Star, pointer: str, place: Place) -> None:
        self.checker.wrong(
            "star", "* stands only in 'select'. For rows, use 'count' without operands.", pointer
        )

    def _operands(self, node: Op, scope: Scope, pointer: str) -> None:
        """Warn of a text that is compared with a number: some engines refuse it."""
        if len(node.args) < 2:
            return
        if node.op in PATTERNS:
            if kind(node.args[0], scope) == "number":
                self._mismatch(node, "a number", "a pattern", pointer)
        elif node.op in COMPARISONS:
            kinds = {kind(arg, scope) for arg in node.args}
            if kinds == {"number", "text"}:
                self._mismatch(node, "a number", "a text", pointer)

    def _mismatch(self, node: Op, one: str, other: str, pointer: str) -> None:
        message = f"{node.op!r} compares {one} with {other}: cast one of them."
        self.checker.wrong("type_mismatch", message, pointer, severity="warning")


_JUDGES: dict[type, Any] = {
    Op: Values._judge_op, Function: Values._judge_function, Native: Values._judge_native,
    Aggregate: Values._judge_aggregate, Window: Values._judge_window, Cast: Values._judge_cast,
    Star: Values._judge_star, Interval: Values._judge_interval,
}  # fmt: skip


@cache
def _aggregates(dialect: str) -> dict[str, tuple[int, int]]:
    own = natives.aggregates(dialect) if dialect else {}
    return AGGREGATES | {name.lower(): bounds for name, bounds in own.items()}


@cache
def _wire(node: type[Node], name: str) -> str:
    """Return the key of a field in JSON."""
    return node.model_fields[name].alias or name
