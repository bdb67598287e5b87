"""Query expressions of any kind, over our own schema of a shop."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.queryexpr.triples import catalogue

NUMERIC, TEXTUAL = (
    {
        t.name: [c.name for c in t.columns if (c.family == "number") is wanted]
        for t in catalogue("shop").tables
    }
    for wanted in (True, False)
)

Draw = Any
PLAIN_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-9_999, 9_999) | st.sampled_from([0.5, 2.25, -1e-3, 10**12])


def column(scope: dict[str, str], family: str) -> st.SearchStrategy[Any]:
    named = [{"column": name, "table": alias} for alias, table in scope.items() for name in (NUMERIC if family == "number" else TEXTUAL)[table]]  # fmt: skip
    return st.sampled_from(named)


def op(names: list[str], *operands: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda name, *args: {"op": name, "args": [*args]}, st.sampled_from(names), *operands)  # fmt: skip


def fn(name: str, *operands: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(*operands).map(lambda args: {"fn": name, "args": [*args]})


def numbers(scope: dict[str, str], depth: int = 2) -> st.SearchStrategy[Any]:
    leaves = column(scope, "number") | NUMBERS
    if depth == 0:
        return leaves
    inner, words = numbers(scope, depth - 1), texts(scope, depth - 1)
    cast = inner.map(lambda value: {"cast": value, "type": "real"})
    return leaves | op(["+", "-", "*", "%"], inner, inner) | fn("abs", inner) | cast | \
        fn("length", words) | fn("coalesce", inner, inner) | case(scope, inner, depth) | \
        op(["neg"], column(scope, "number")) | fn("round", inner, st.integers(0, 3))  # fmt: skip


def texts(scope: dict[str, str], depth: int = 2) -> st.SearchStrategy[Any]:
    leaves = column(scope, "text") | PLAIN_TEXT
    if depth == 0:
        return leaves
    inner = texts(scope, depth - 1)
    cast = inner.map(lambda value: {"cast": value, "type": "text"})
    return leaves | op(["||"], inner, inner) | fn("lower", inner) | fn("nullif", inner, inner) | \
        fn("replace", inner, inner, inner) | fn("substring", inner, st.just(2)) | cast | \
        case(scope, inner, depth)  # fmt: skip


def case(scope: dict[str, str], value: Any, depth: int) -> st.SearchStrategy[Any]:
    branches = st.lists(
        st.fixed_dictionaries({"when": conditions(scope, depth - 1), "then": value}),
        min_size=1, max_size=2,
    )  # fmt: skip
    return st.fixed_dictionaries({"case": branches}, optional={"else": value})


def conditions(scope: dict[str, str], depth: int = 2) -> st.SearchStrategy[Any]:
    number, text = numbers(scope, max(depth - 1, 0)), texts(scope, max(depth - 1, 0))
    compare = op(["=", "<>", "<", "<=", ">", ">="], number, number) | op(["=", "<>"], text, text)
    leaves = compare | op(["is null", "is not null"], column(scope, "text"))
    if depth <= 0:
        return leaves
    inner = conditions(scope, depth - 1)
    options = st.lists(NUMBERS, min_size=1, max_size=3).map(lambda values: {"list": values})
    query = st.just({"query": {"from": {"table": "category"}, "select": [{"expr": {"column": "id"}}]}})  # fmt: skip
    return leaves | op(["between", "not between"], number, number, number) | \
        op(["in", "not in"], number, options | query) | op(["and", "or"], inner, inner) | \
        op(["exists", "not exists"], query) | op(["not"], op(["and", "or"], inner, inner)) | \
        op(["is distinct from", "is not distinct from"], number, column(scope, "number"))  # fmt: skip


ALIASES = st.sampled_from(["n", "total", "Total", "order", "x y", 'q"', "größe", "share", "it's", "a.b"])  # fmt: skip


@st.composite
def blocks(draw: Draw, columns: int | None = None) -> dict[str, Any]:
    """A query over one to three tables."""
    tables = draw(st.lists(st.sampled_from([*NUMERIC]), min_size=1, max_size=3))
    scope = {f"t{place}": table for place, table in enumerate(tables)}
    first, *others = ({"table": table, "as": alias} for alias, table in scope.items())
    joins = [draw(a_join(source, scope, place + 1)) for place, source in enumerate(others)]
    block: dict[str, Any] = {"from": first, **({"joins": joins} if joins else {})}
    if draw(st.booleans()):
        block["where"] = draw(conditions(scope))
    shape = grouped if draw(st.booleans()) else listed
    block |= draw(shape(scope, columns or draw(st.integers(1, 3))))
    return block


@st.composite
def a_join(draw: Draw, source: Any, scope: dict[str, str], place: int) -> dict[str, Any]:
    seen = dict(list(scope.items())[: place + 1])
    kind = draw(st.sampled_from(["inner", "left", "cross"]))
    on = {"on": draw(conditions(seen, 1))} if kind != "cross" else {}
    return {"join": kind, "source": source, **on}


@st.composite
def listed(draw: Draw, scope: dict[str, str], count: int) -> dict[str, Any]:
    values = [draw(numbers(scope) | texts(scope) | conditions(scope, 1)) for _ in range(count)]
    select = [{"expr": value} for value in values]
    if draw(st.booleans()):
        select[0]["as"] = draw(ALIASES)
    tail: dict[str, Any] = {"select": select, **draw(tails(scope))}
    return {**tail, "distinct": True} if draw(st.booleans()) else tail


@st.composite
def grouped(draw: Draw, scope: dict[str, str], count: int) -> dict[str, Any]:
    keys = draw(st.lists(column(scope, "text"), min_size=1, max_size=1))
    over = st.builds(lambda name, value: {"agg": name, "args": [value]}, st.sampled_from(["sum", "min", "max", "avg", "count"]), numbers(scope, 1))  # fmt: skip
    aggregates = [draw(over | st.just({"agg": "count"})) for _ in range(count - 1)]
    having = {"having": {"op": ">", "args": [{"agg": "count"}, 1]}} if draw(st.booleans()) else {}
    select = [{"expr": value} for value in [*keys, *aggregates]]
    return {"group_by": keys, **having, "select": select}


@st.composite
def tails(draw: Draw, scope: dict[str, str]) -> dict[str, Any]:
    sort = st.fixed_dictionaries({"by": column(scope, "number")}, optional={"dir": st.just("desc")})  # fmt: skip
    sorts = draw(st.lists(sort, max_size=2))
    tail: dict[str, Any] = {"order_by": sorts} if sorts else {}
    for name in ("limit", "offset"):
        if draw(st.booleans()) and (name == "limit" or "limit" in tail):
            tail[name] = draw(st.integers(0, 50))
    return tail


@st.composite
def queries(draw: Draw) -> dict[str, Any]:
    """A block, two that are put together, one in FROM, or one in WITH."""
    shape = draw(st.sampled_from(["block", "block", "set", "from", "with"]))
    if shape == "block":
        return draw(blocks())  # type: ignore[no-any-return]
    if shape == "set":
        sides = [draw(blocks(columns=2).map(bare)) for _ in range(2)]
        name = draw(st.sampled_from(["union", "union all", "intersect", "except"]))
        return {"set": name, "left": sides[0], "right": sides[1]}
    inner = draw(blocks(columns=1))
    inner["select"][0]["as"] = "value"
    outer = [{"expr": {"column": "value", "table": "part"}}]
    if shape == "from":
        return {"from": {"query": inner, "as": "part"}, "select": outer}
    return {"with": [{"name": "part", "query": inner}], "from": {"table": "part"}, "select": outer}


def bare(block: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in block.items() if key not in ("order_by", "limit", "offset")}  # fmt: skip
