"""SQL and query expressions, to and fro: nothing is lost, and the rows stay the same."""

from __future__ import annotations

import datetime
import decimal
import json
import re
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.gate.judge import judge_ir
from workflow.query.catalogue import Catalogue
from workflow.query.check import check
from workflow.query.compile import compile_sql
from workflow.query.ddl import read_ddl
from workflow.query.dialects import DIALECTS
from workflow.query.expression import QueryExpression
from workflow.query.issues import Refused
from workflow.query.lift import lift
from workflow.query.operators import AGGREGATES, FUNCTIONS, OPERATORS, RANKINGS
from workflow.query.read import read

CASES = yaml.safe_load((Path(__file__).parent / "data/triples.yaml").read_text())
TRIPLES = [pytest.param(triple, id=triple["question"]) for triple in CASES["triples"]]
OF_SQLITE = [
    pytest.param(triple, id=triple["question"])
    for triple in CASES["triples"]
    if triple["dialect"] == "sqlite"
]
SCHEMAS: dict[str, Any] = CASES["schemas"]


@cache
def catalogue(schema: str) -> Catalogue:
    return read_ddl(SCHEMAS[schema]["ddl"], DIALECTS["sqlite"])[0]


@cache
def database(schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMAS[schema]["ddl"] + SCHEMAS[schema]["rows"])
    return connection


@cache
def duck(schema: str) -> Any:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect(":memory:")
    ddl = re.sub(r" REFERENCES \w+ \(id\)", "", SCHEMAS[schema]["ddl"]).replace("REAL", "DOUBLE")
    connection.execute(ddl + SCHEMAS[schema]["rows"])
    return connection


def expression(triple: Any) -> QueryExpression:
    return read({"dialect": triple["dialect"], "query": triple["query"]})


def document(found: QueryExpression) -> Any:
    """The query as JSON has it."""
    return json.loads(json.dumps(found.as_dict()["query"]))


def compiled(found: QueryExpression, dialect: str, schema: str = "shop") -> str:
    return compile_sql(found, DIALECTS[dialect], catalogue(schema))


def rows(sql: str, schema: str) -> list[Any]:
    return plain(database(schema).execute(sql).fetchall())


def plain(found: list[Any]) -> list[Any]:
    """The rows in an order of their own, with values that do not depend on the engine."""
    return sorted((tuple(map(_plain, row)) for row in found), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float | decimal.Decimal):
        return round(float(value), 6)
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return value


# ── Our own triples ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("triple", TRIPLES)
def test_sql_is_read_as_this_query_expression(triple):
    lifted = lift(triple["sql"], DIALECTS[triple["dialect"]])
    assert document(lifted.expression) == triple["query"]


@pytest.mark.parametrize("triple", TRIPLES)
def test_the_query_expression_is_written_as_this_sql(triple):
    sql = compiled(expression(triple), triple["dialect"], triple["schema"])
    assert sql == triple.get("emitted", triple["sql"])


@pytest.mark.parametrize("triple", TRIPLES)
def test_the_query_expression_is_right_for_its_schema(triple):
    found = DIALECTS[triple["dialect"]]
    checked = check(expression(triple), found, catalogue(triple["schema"]))
    assert [issue for issue in checked.issues if issue.severity == "error"] == []


@pytest.mark.parametrize("triple", TRIPLES)
def test_what_is_written_is_read_and_written_the_same_again(triple):
    found = DIALECTS[triple["dialect"]]
    sql = compiled(expression(triple), found.name, triple["schema"])
    assert compiled(lift(sql, found).expression, found.name, triple["schema"]) == sql


@pytest.mark.parametrize("triple", TRIPLES)
def test_lines_and_spaces_change_nothing(triple):
    found, known = DIALECTS[triple["dialect"]], catalogue(triple["schema"])
    sql = compile_sql(expression(triple), found, known, pretty=True)
    assert document(lift(sql, found).expression) == triple["query"]


@pytest.mark.parametrize("triple", OF_SQLITE)
def test_the_rows_are_those_of_the_sql_that_was_read(triple):
    sql = compiled(expression(triple), "sqlite", triple["schema"])
    found = rows(triple["sql"], triple["schema"])
    assert found == rows(sql, triple["schema"])
    assert found


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("triple", TRIPLES)
def test_every_dialect_says_it_or_names_what_it_lacks(triple, target):
    try:
        sql = compiled(expression(triple), target, triple["schema"])
    except Refused:
        return
    again = lift(sql, DIALECTS[target]).expression
    assert compiled(again, target, triple["schema"]) == sql


@pytest.mark.parametrize("triple", TRIPLES)
def test_two_engines_find_the_same_rows(triple):
    schema, asked = triple["schema"], {"dialect": triple["dialect"], "query": triple["query"]}
    here, there = (
        judge_ir(asked, DIALECTS[name], catalogue(schema)).sql for name in ("sqlite", "duckdb")
    )
    if here and there:
        assert in_duckdb(there, schema) == rows(here, schema)


def kinds(value: Any) -> set[str]:
    """All keys and names of operators and functions in a document."""
    if isinstance(value, list):
        return set().union(*map(kinds, value))
    if not isinstance(value, dict):
        return set()
    named = {value[key] for key in ("op", "fn", "agg", "join", "set") if isinstance(value.get(key), str)}  # fmt: skip
    return set(value) | named | set().union(*map(kinds, value.values()))


def test_the_triples_have_every_kind_of_node():
    shown = kinds([triple["query"] for triple in CASES["triples"]])
    nodes = "column star op agg fn native case cast interval window query list joined set with of"
    clauses = "joins where group_by having distinct order_by limit offset recursive using frame"
    assert set(f"{nodes} {clauses} filter nulls unit else".split()) <= shown
    assert {"inner", "left", "full", "cross", "union", "union all", "except", "intersect"} <= shown


# ── What a query means, wherever it goes ────────────────────────────────────────────────────


def in_duckdb(sql: str, schema: str = "shop") -> list[Any]:
    return plain(duck(schema).execute(sql).fetchall())


def carried(sql: str, source: str, target: str, schema: str = "shop") -> str:
    """SQL of `source`, as the gate writes it for `target`."""
    found = DIALECTS[source]
    checked = check(lift(sql, found).expression, found, catalogue(schema))
    return compiled(checked.expression, target, schema)


def portable(select: Any, target: str, **clauses: Any) -> str:
    document = {"query": {"from": {"table": "sale"}, "select": [{"expr": select}], **clauses}}
    return compiled(read(document), target)


SEVEN_HALVES = {"op": "/", "args": [7, 2]}


@pytest.mark.parametrize("sql", ["SELECT 7 / 2", "SELECT MAX(quantity) / 2 FROM sale"])
@pytest.mark.parametrize("source", ["sqlite", "postgres", "tsql"])
def test_division_of_whole_numbers_stays_whole(sql, source):
    assert rows(carried(sql, source, "sqlite"), "shop") == [(3.0,)]
    assert in_duckdb(carried(sql, source, "duckdb")) == [(3.0,)]


@pytest.mark.parametrize("sql", ["SELECT 7 / 2", "SELECT MAX(quantity) / 2 FROM sale"])
@pytest.mark.parametrize("source", ["mysql", "oracle", "bigquery", "snowflake", "duckdb"])
def test_division_that_keeps_fractions_keeps_them(sql, source):
    assert rows(carried(sql, source, "sqlite"), "shop") == [(3.5,)]
    assert in_duckdb(carried(sql, source, "duckdb")) == [(3.5,)]


@pytest.mark.parametrize("target", ["mysql", "oracle", "bigquery", "snowflake", "duckdb"])
def test_division_of_whole_columns_is_cut_off_where_slash_is_not(target):
    sql = carried("SELECT quantity / 2 FROM sale", "sqlite", target)
    assert any(word in sql for word in ("CAST(", "TRUNC", "DIV", "//"))


def test_portable_division_never_cuts_off():
    assert rows(portable(SEVEN_HALVES, "sqlite"), "shop")[0] == (3.5,)
    assert in_duckdb(portable(SEVEN_HALVES, "duckdb"))[0] == (3.5,)


@pytest.mark.parametrize("target", ["sqlite", "postgres", "tsql"])
def test_portable_division_is_of_fractions_where_slash_cuts_off(target):
    sql = portable({"op": "/", "args": [{"column": "quantity"}, 2]}, target)
    assert "CAST(quantity AS " in sql


@pytest.mark.parametrize("target", DIALECTS)
def test_portable_division_by_zero_is_null(target):
    sql = portable({"op": "/", "args": [1, {"column": "quantity"}]}, target)
    assert "NULLIF(quantity, 0)" in sql or target in ("sqlite", "mysql")


A_NAMES = "SELECT name FROM customer WHERE name LIKE 'a%'"


@pytest.mark.parametrize("source", ["sqlite", "mysql", "tsql"])
def test_like_that_ignores_case_goes_on_ignoring_it(source):
    for found in (rows(carried(A_NAMES, source, "sqlite"), "shop"), in_duckdb(carried(A_NAMES, source, "duckdb"))):  # fmt: skip
        assert found == [("Ada",), ("adam",)]


@pytest.mark.parametrize("source", ["postgres", "duckdb", "oracle", "bigquery", "snowflake"])
def test_like_that_minds_case_goes_on_minding_it(source):
    for found in (rows(carried(A_NAMES, source, "sqlite"), "shop"), in_duckdb(carried(A_NAMES, source, "duckdb"))):  # fmt: skip
        assert found == [("adam",)]


@pytest.mark.parametrize("target", DIALECTS)
def test_not_like_keeps_its_case_as_well(target):
    sql = carried(A_NAMES.replace("LIKE", "NOT LIKE"), "sqlite", target)
    assert "NOT" in sql
    assert "ILIKE" in sql or "LOWER" in sql or not DIALECTS[target].like_minds_case


def test_a_pattern_with_marks_of_glob_finds_what_like_finds():
    for pattern in ("flu*", "flu[*]", "flu_", "fl?*", "flu%"):
        wanted = {"op": "like", "args": [{"column": "note"}, pattern]}
        document = {"query": {"from": {"table": "visit"}, "where": wanted, "select": [{"expr": {"column": "id"}}]}}  # fmt: skip
        here, there = (compiled(read(document), name, "clinic") for name in ("sqlite", "duckdb"))
        assert rows(here, "clinic") == in_duckdb(there, "clinic")


@pytest.mark.parametrize("source", DIALECTS)
@pytest.mark.parametrize("direction", ["", " DESC"])
def test_nulls_stay_where_the_source_has_them(source, direction):
    sql = f"SELECT id FROM product ORDER BY stock{direction}, id"
    found = [duck("shop").execute(carried(sql, source, "duckdb")).fetchall(),
             database("shop").execute(carried(sql, source, "sqlite")).fetchall()]  # fmt: skip
    assert found[0] == found[1]
    small = source in ("sqlite", "mysql", "tsql", "bigquery")
    first = source != "duckdb" and small is (direction == "")
    assert found[0][0 if first else -1] == (5,)


@pytest.mark.parametrize("target", DIALECTS)
def test_texts_are_put_together_in_every_dialect(target):
    sql = carried("SELECT name || city FROM customer", "sqlite", target)
    words = {"mysql": "CONCAT(name, city)", "tsql": "name + city"}
    assert words.get(target, "name || city") in sql


def test_two_bars_are_or_in_mysql():
    assert "OR" in carried("SELECT id FROM sale WHERE id = 1 || id = 2", "mysql", "postgres")


@pytest.mark.parametrize("target", DIALECTS)
def test_odd_names_are_quoted_as_the_dialect_does(target):
    sql = carried('SELECT "order", "Points (%)" FROM "Exam Result"', "sqlite", target, "school")
    ticks = ("`", "`")
    marks = {"mysql": ticks, "bigquery": ticks, "tsql": ("[", "]")}
    start, end = marks.get(target, ('"', '"'))
    assert f"{start}Points (%){end}" in sql
    assert f"{start}Exam Result{end}" in sql
    assert f"{start}order{end}".lower() in sql.lower()


@pytest.mark.parametrize("target", ["postgres", "snowflake", "oracle"])
def test_plain_names_have_no_quotes_where_quotes_change_them(target):
    sql = carried("SELECT NAME, City FROM CUSTOMER", "sqlite", target)
    assert sql == "SELECT name, city FROM customer"


@pytest.mark.parametrize("target", ["postgres", "snowflake", "oracle"])
def test_a_name_that_the_schema_quotes_keeps_its_letters(target):
    quoted, _ = read_ddl('CREATE TABLE "People" (id INT, "firstName" TEXT)', DIALECTS["postgres"])
    document = {"query": {"from": {"table": "people"}, "select": [{"expr": {"column": "firstname"}}]}}  # fmt: skip
    judgement = judge_ir(document, DIALECTS[target], quoted)
    assert (judgement.sql or "").split() == ["SELECT", '"firstName"', "FROM", '"People"']


def test_a_collation_keeps_its_name():
    sql = 'SELECT name FROM customer ORDER BY name COLLATE "en_US"'
    assert '"en_US"' in carried(sql, "postgres", "postgres")


def test_an_interval_of_a_column_is_no_text():
    value = {"op": "+", "args": [{"column": "sold"}, {"interval": {"column": "quantity"}, "unit": "day"}]}  # fmt: skip
    with pytest.raises(Refused, match="computed number"):
        portable(value, "postgres")


def test_an_order_that_no_name_is_for_keeps_its_aggregate():
    sql = "SELECT MODE() WITHIN GROUP (ORDER BY quantity) FROM sale"
    assert carried(sql, "postgres", "postgres") == sql


def test_an_alias_does_not_carry_an_aggregate_into_where():
    sql = "SELECT customer_id, COUNT(*) AS n FROM sale WHERE n > 1 GROUP BY customer_id"
    checked = check(lift(sql, DIALECTS["postgres"]).expression, DIALECTS["postgres"], catalogue("shop"))  # fmt: skip
    assert not checked.valid


# ── Queries of any kind ─────────────────────────────────────────────────────────────────────

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


RANDOM = settings(
    max_examples=120, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@RANDOM
@given(queries())
def test_a_query_comes_back_from_its_sql(query):
    found = read({"query": query})
    checked = check(found, DIALECTS["sqlite"], catalogue("shop")).expression
    sql = compiled(checked, "sqlite")
    assert document(lift(sql, DIALECTS["sqlite"]).expression) == document(checked)


@RANDOM
@given(queries())
def test_a_query_that_is_valid_runs(query):
    judgement = judge_ir({"query": query}, DIALECTS["sqlite"], catalogue("shop"))
    assert not judgement.valid or database("shop").execute(judgement.sql or "").fetchall() is not None  # fmt: skip


@RANDOM
@given(queries())
def test_what_is_asked_of_a_known_schema_is_valid(query):
    judgement = judge_ir({"query": query}, DIALECTS["sqlite"], catalogue("shop"))
    assert judgement.valid, judgement.issues


def assert_settled(sql, dialect):
    """What is read and written once more says the same; parentheses of ours may go."""
    once = compile_sql(lift(sql, dialect).expression, dialect, catalogue("shop"), pretty=True)
    twice = compile_sql(lift(once, dialect).expression, dialect, catalogue("shop"), pretty=True)
    assert once == twice


@RANDOM
@given(queries(), st.sampled_from([*DIALECTS]))
def test_a_query_is_written_read_and_written_the_same(query, target):
    found = DIALECTS[target]
    judgement = judge_ir({"query": query}, found, catalogue("shop"))
    if judgement.valid:
        assert_settled(judgement.sql or "", found)


CALLS = [
    *({"fn": name, "args": [{"column": "quantity"}] * least, "unit": None} for name, (least, _) in FUNCTIONS.items()),
    *({"op": name, "args": [{"column": "quantity"}] * least} for name, (least, _) in OPERATORS.items() if "native" not in name),
    *({"agg": name, "args": [{"column": "quantity"}] * max(least, 1), "order_by": [{"by": {"column": "id"}}]} for name, (least, _) in AGGREGATES.items()),
    *({"window": {"fn": name, "args": [1] * least}, "order_by": [{"by": 1}]} for name, (least, _) in RANKINGS.items()),
]  # fmt: skip


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_every_word_can_be_written_and_read_or_is_refused(call, target):
    units = ["year", "month", "day", "week", "quarter", "weekday", "yearday", "hour"]
    for unit in units if call.get("fn") in ("extract", "date_trunc", "date_add", "date_diff") else [None]:  # fmt: skip
        value = {**call, "unit": unit} if unit else {k: v for k, v in call.items() if k != "unit"}
        document = {"query": {"from": {"table": "sale"}, "select": [{"expr": value}]}}
        judgement = judge_ir(document, DIALECTS[target], catalogue("shop"))
        if judgement.valid:
            assert_settled(judgement.sql or "", DIALECTS[target])
