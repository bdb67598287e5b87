"""The explanation of a query: it leaves nothing out, and can be read in one way only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from queryexpr.check.check import check
from queryexpr.dialects.all import DEFAULT, DIALECTS
from queryexpr.dialects.operators import (
    AGGREGATES,
    FUNCTIONS,
    OPERATORS,
    RANKINGS,
    UNITS,
    WITH_UNIT,
)
from queryexpr.explain.explain import explain
from queryexpr.expression import (
    Case,
    Column,
    Frame,
    Function,
    Node,
    Op,
    QueryExpression,
    Select,
    TableName,
    When,
)
from queryexpr.lift.lift import lift
from queryexpr.schema.catalogue import Catalogue, Table
from queryexpr.schema.catalogue import Column as Described

STAFF = Catalogue(
    (
        Table("staff", (Described("id"), Described("name", "text"), Described("hired", "date"))),
        Table("shop", (Described("shop_id"), Described("town", "text"))),
    )
)
EVERYTHING = [
    ("sqlite", "SELECT a, b AS c, t.*, 'it''s', 1.5, -3, NULL, TRUE FROM t WHERE d = 'x' OR e > 7"),
    ("sqlite", "SELECT DISTINCT a FROM t WHERE b LIKE '%x%' AND c NOT LIKE 'y_' AND d LIKE 'z!%' ESCAPE '!'"),
    ("sqlite", "SELECT a FROM t WHERE b BETWEEN 3 AND 9 AND c NOT BETWEEN d AND 5 AND e IN (1, 2) AND f NOT IN ('u')"),
    ("sqlite", "SELECT a FROM t JOIN u ON t.b = u.c LEFT JOIN v USING (d) CROSS JOIN w NATURAL JOIN x"),
    ("sqlite", "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.c) AND d > (SELECT MAX(e) FROM v)"),
    ("sqlite", "SELECT a FROM t WHERE b IN (SELECT c FROM u GROUP BY c HAVING COUNT(*) > 4 ORDER BY d LIMIT 6)"),
    ("sqlite", "SELECT x.n FROM (SELECT a AS n, COUNT(DISTINCT b) FROM t GROUP BY a) AS x WHERE x.n <> 'k'"),
    ("sqlite", "SELECT a FROM x JOIN (y JOIN z ON y.b = z.c) ON x.d = y.e"),
    ("sqlite", "SELECT CASE WHEN a > 1 THEN 'p' ELSE 'q' END, CASE b WHEN 2 THEN c END, IIF(d, e, 8) FROM t"),
    ("sqlite", "SELECT (a + b) * c / d - e % 2, -(f || 'g'), CAST(h AS REAL), SUBSTR(i, 2, 3) FROM t"),
    ("sqlite", "SELECT COUNT(a) FILTER (WHERE b = 1), SUM(DISTINCT c), GROUP_CONCAT(d, '; '), TOTAL(e) FROM t"),
    ("sqlite", "SELECT a FROM t UNION SELECT b FROM u UNION SELECT c FROM v ORDER BY 1 LIMIT 5 OFFSET 2"),
    ("sqlite", "SELECT a FROM t EXCEPT SELECT b FROM u WHERE c GLOB 'x*'"),
    ("sqlite", "WITH RECURSIVE r(n, m) AS (SELECT 1, a FROM t UNION ALL SELECT n + 2, m FROM r) SELECT n FROM r"),
    ("postgres", "SELECT a, SUM(b) OVER (PARTITION BY c, d ORDER BY e DESC NULLS LAST ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM t"),
    ("postgres", "SELECT PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY a), STRING_AGG(b, '-' ORDER BY c) FROM t"),
    ("postgres", "SELECT EXTRACT(dow FROM a), b + INTERVAL '3 months', DATE '2020-02-02', c::decimal(10, 2), NOW() AT TIME ZONE 'UTC' FROM t"),
    ("postgres", "SELECT a FROM t WHERE b ILIKE 'x%' AND c IS DISTINCT FROM d AND e ~ '^f' AND NOT (g = 1 AND h IS NULL)"),
    ("mysql", "SELECT YEAR(a), TIMESTAMPDIFF(MONTH, b, c), CONCAT(d, 'e'), IFNULL(f, 'g') FROM s.t WHERE h DIV 2 = 4"),
    ("tsql", "SELECT TOP 3 a, DATEADD(day, -7, b), LAG(c, 2, 0) OVER (ORDER BY d) FROM t ORDER BY e"),
]  # fmt: skip


def told(sql: str, dialect: str = "sqlite", catalogue: Catalogue | None = None) -> list[str]:
    return explain(check(lift(sql, DIALECTS[dialect]).expression, DIALECTS[dialect], catalogue))


def within(part: Any) -> Iterator[Any]:
    """Every node and scalar in a query."""
    yield part
    parts = part if isinstance(part, tuple) else part.__dict__.values() if isinstance(part, Node) else ()  # fmt: skip
    for each in parts:
        yield from within(each)


def literals(node: Any) -> Iterator[str]:
    held = [part for part in within(node) if isinstance(part, Op | Function | When | Case)]
    for part in held:
        for value in within(tuple(part.__dict__.values())):
            if isinstance(value, float) or type(value) is int:
                yield repr(value)


def where(condition: Any) -> str:
    query = Select(from_=TableName(table="t"), where=condition, select=({"expr": {"star": True}},))
    return "\n".join(explain(check(QueryExpression(query=query), DEFAULT)))


@pytest.mark.parametrize(("dialect", "sql"), EVERYTHING)
def test_each_column_is_named(dialect: str, sql: str) -> None:
    text = "\n".join(told(sql, dialect))
    columns = [n for n in within(lift(sql, DIALECTS[dialect]).expression) if isinstance(n, Column)]
    assert [column.column for column in columns if column.column not in text] == []


@pytest.mark.parametrize(("dialect", "sql"), EVERYTHING)
def test_each_literal_is_said(dialect: str, sql: str) -> None:
    text = "\n".join(told(sql, dialect))
    expression = lift(sql, DIALECTS[dialect]).expression
    strings = [p.strip("%") for n in within(expression) if isinstance(n, Op | Function)
               for p in n.args if isinstance(p, str)]  # fmt: skip
    assert [w for w in [*strings, *literals(expression)] if w.replace("'", "''") not in text] == []


@pytest.mark.parametrize("op", [op for op in OPERATORS if op not in ("exists", "not exists")])
def test_each_operator_has_words_of_its_own(op: str) -> None:
    def said(word: str) -> str:
        return where(Op(op=word, args=[{"column": f"c{n}"} for n in range(OPERATORS[word][0])]))

    alike = {op, f"native {op}", op.removeprefix("native "), op.replace("native ", "i")}
    alike |= {op.replace("ilike", "native like")}
    assert said(op) not in [said(other) for other in OPERATORS if other not in alike]
    assert all(f"c{n}" in said(op) for n in range(OPERATORS[op][0]))


@pytest.mark.parametrize("name", [*FUNCTIONS, *RANKINGS])
def test_each_function_names_all_that_it_takes(name: str) -> None:
    for count in {*(FUNCTIONS | RANKINGS)[name]}:
        args = tuple(Column(column=f"col{n}") for n in range(min(count, 9)))
        text = where(Function(fn=name, args=args, unit="month" if name in WITH_UNIT else None))
        assert all(column.column in text for column in args)
        assert "month" in text or name not in WITH_UNIT


@pytest.mark.parametrize("name", [*AGGREGATES, "bit_or"])
def test_each_aggregate_tells_what_it_is_of(name: str) -> None:
    text = where({"agg": name, "args": [{"column": "price"}], "order_by": [{"by": {"column": "day"}}]})  # fmt: skip
    assert "price" in text
    assert "day" in text


def test_a_query_reads_from_its_tables_to_its_rows() -> None:
    assert told(
        "SELECT s.name, COUNT(*) AS n FROM concert AS c JOIN stadium AS s ON c.stadium_id = s.id"
        " WHERE c.year >= 2014 GROUP BY s.name HAVING COUNT(*) > 1 ORDER BY n DESC LIMIT 5"
    ) == [
        "Take the rows of concert.",
        "Pair each with the rows of stadium where concert's stadium_id equals stadium's id;"
        " those without one are left out.",
        "Keep the rows where concert's year is at least 2014.",
        "Put the rows that agree in stadium's name together in a group.",
        "Keep the groups where the number of rows is greater than 1.",
        "For each group, show stadium's name and the number of rows (as n).",
        "Sort by n, largest first.",
        "Keep only the first 5 rows.",
    ]


def test_a_table_that_occurs_twice_is_told_apart() -> None:
    lines = told("SELECT a.name, b.name FROM staff a LEFT JOIN staff b ON a.boss = b.id")
    assert lines[0] == "Take the rows of staff (a)."
    assert "kept too, with no values for staff (b)" in lines[1]
    assert lines[2] == "Show a's name and b's name."


def test_a_small_query_stands_in_parentheses() -> None:
    lines = told("SELECT name FROM staff s WHERE age > (SELECT AVG(age) FROM pupil)")
    assert lines[1] == "Keep the rows where age is greater than (the average of age in pupil)."


def test_a_larger_query_stands_below_its_sentence() -> None:
    lines = told("SELECT id FROM t WHERE id IN (SELECT b FROM u GROUP BY b HAVING COUNT(*) > 2)")
    assert lines[1] == "Keep the rows where id is among the result of query 1."
    assert lines[2].startswith("  Query 1:")


def test_an_outer_querys_column_keeps_its_table() -> None:
    lines = told("SELECT town FROM shop WHERE NOT EXISTS (SELECT * FROM staff WHERE staff.id = shop.boss)")  # fmt: skip
    assert lines[1] == "Keep the rows where there is no row (of staff where id equals shop's boss)."


def test_what_binds_otherwise_than_it_reads_stands_in_parentheses() -> None:
    assert "where (a1 equals 1 or b equals 2) and c equals 3." in told(
        "SELECT c FROM t WHERE (a1 = 1 OR b = 2) AND c = 3"
    )[1]  # fmt: skip
    assert told("SELECT (x - (y - z)) * 2, SUM(x + y) FROM t")[1] == (
        "Show (x minus (y minus z)) times 2; and the sum of (x plus y)."
    )


def test_the_end_of_an_aggregate_cannot_be_taken_for_a_column() -> None:
    assert told("SELECT SUM(x), y FROM t")[1] == "Show the sum of x; and y."


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("'A%'", "begins with 'A'"),
        ("'%a'", "ends with 'a'"),
        ("'%a%'", "contains 'a'"),
        ("'a'", "reads 'a'"),
        ("'a%b'", "matches the pattern 'a%b' (% is any text, _ is any one character)"),
        ("'a_'", "matches the pattern 'a_'"),
        ("'%'", "matches the pattern '%'"),
        ("b || '%'", "matches the pattern b followed by '%'"),
    ],
)
def test_a_pattern_is_told_in_words(pattern: str, words: str) -> None:
    assert words in told(f"SELECT x FROM t WHERE x LIKE {pattern}", "postgres")[1]


def test_it_is_said_whether_capitals_matter() -> None:
    assert "(in letters of either case)" in told("SELECT x FROM t WHERE x LIKE 'a%'", "mysql")[1]
    assert "(capitals matter)" in told("SELECT x FROM t WHERE x LIKE 'a%'", "postgres")[1]
    assert "either case" not in told("SELECT x FROM t WHERE x LIKE '20%'", "mysql")[1]


def test_a_division_that_cuts_fractions_off_says_so() -> None:
    assert "as SQLite divides" in told("SELECT x / y FROM t")[1]
    assert told("SELECT x * 1.0 / y FROM t")[1] == "Show (x times 1.0) divided by y."
    assert told("SELECT x / y FROM t", "mysql")[1] == "Show x divided by y."


def test_a_running_total_says_where_it_ends() -> None:
    line = told("SELECT SUM(x) OVER (ORDER BY d) FROM t")[1]
    assert "from the first row to the current row and its equals" in line


def test_a_literal_cannot_pose_as_a_part_of_the_sentence() -> None:
    line = told("SELECT x FROM t WHERE x = 'a'' or y equals ''b\n\u202e'")[1]
    assert r"x equals 'a'' or y equals ''b\n\u202e'." in line


def test_a_name_cannot_pose_as_a_part_of_the_sentence() -> None:
    assert told('SELECT "x and y", "and" FROM t')[1] == 'Show "x and y" and "and".'


def test_a_catalogue_tells_whose_a_column_is_and_how_it_sorts() -> None:
    sql = "SELECT name, MAX(hired) FROM staff CROSS JOIN shop ORDER BY town DESC, hired"
    assert told(sql, catalogue=STAFF)[2:] == [
        "Show staff's name and the latest staff's hired.",
        "Sort by shop's town, from Z to A, then staff's hired, earliest first.",
    ]


def test_a_column_of_a_query_in_from_keeps_its_kind() -> None:
    sql = "SELECT d.newest, s.town FROM shop s CROSS JOIN (SELECT MAX(hired) AS newest FROM staff) d ORDER BY newest"
    assert told(sql, catalogue=STAFF)[-1] == "Sort by d's newest, earliest first."


def test_an_alias_sorts_as_the_value_that_it_names() -> None:
    lines = told("SELECT LOWER(name) AS low FROM staff ORDER BY low DESC", catalogue=STAFF)
    assert lines[-1] == "Sort by low, from Z to A."


def test_an_alias_of_the_result_is_not_taken_for_an_outer_column() -> None:
    sql = "SELECT id FROM staff WHERE id = (SELECT shop_id AS name FROM shop ORDER BY name LIMIT 1)"
    assert "Sort by name, smallest first." in told(sql, catalogue=STAFF)[2]


def test_a_number_that_rows_are_sorted_by_counts_columns() -> None:
    assert (
        told("SELECT x FROM t ORDER BY 1")[2] == "Sort by column 1 of the result, smallest first."
    )


def test_equal_set_operations_are_one_list() -> None:
    lines = told("SELECT a1 FROM t UNION SELECT b FROM u UNION SELECT c FROM v")
    assert lines[0] == "Put the rows of results 1, 2 and 3 together, equal rows only once:"
    assert lines[3] == "  Result 3: Take the rows of v. Show c."


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_part_of_a_date_is_named(unit: str) -> None:
    said = where(Function(fn="extract", unit=unit, args=(Column(column="d"),)))
    assert said not in {where(Function(fn="extract", unit=other, args=(Column(column="d"),)))
                        for other in UNITS - {unit}}  # fmt: skip


@pytest.mark.parametrize("kind", ["rows", "range", "groups"])
def test_each_bound_of_a_frame_is_said(kind: Any) -> None:
    frame = Frame(frame=kind, start="7 preceding", end="8 following")
    text = where({"window": {"agg": "sum", "args": [{"column": "x"}]}, "frame": frame})
    assert "from 7 " in text
    assert "to 8 " in text


def test_wrong_numbers_of_operands_can_still_be_read() -> None:
    assert "LIKE(x)" in where(Op(op="like", args=(Column(column="x"),)))
    assert "LOWER()" in where(Function(fn="lower"))


def test_nested_branches_are_not_repeated() -> None:
    value: Any = Column(column="x")
    for _ in range(50):
        value = Case(case=(When(when=1, then=2), When(when=3, then=4)), of=value)
    assert len(where(value)) < 5000
