"""Queries that are short, and large, deep or slow to read or to plan."""

from __future__ import annotations


def nested(start: str, before: str, after: str, times: int) -> str:
    return before * times + start + after * times


def of_ctes(first: str, step: str, times: int) -> str:
    """Queries of WITH, each made of the one before."""
    later = (f"c{n + 1} AS ({step.replace('PREVIOUS', f'c{n}')})" for n in range(times))
    return f"WITH c0 AS ({first}), {', '.join(later)} SELECT a FROM c{times}"


def of_recursion(times: int) -> str:
    query = "SELECT 1 AS a"
    for n in range(times):
        query = f"WITH RECURSIVE c{n} AS ({query}) SELECT a FROM c{n}"
    return query


def of_aliases(times: int, terms: int) -> str:
    """Conditions that write out what an alias stands for, in each other."""
    query = "id"
    for n in range(times):
        condition = " OR ".join([f"z{n} = 1"] * terms)
        query = f"(SELECT {query} AS z{n} FROM users WHERE {condition})"
    return f"SELECT {query} FROM users"


def listed(item: str, separator: str = ", ") -> str:
    """As many of `item` as 15 KB hold; `#` in it is their number."""
    each = (item.replace("#", str(n)) for n in range(15_000 // (len(item) + len(separator) + 3)))
    return separator.join(each)


GROWING = nested("'aaaaaaaaaaaa'", "REPLACE(", ", 'a', 'aaaaaaaaaaaa')", 14)
BOMBS = {
    "cross joins": ("sqlite", f"WITH u AS (SELECT 1 AS a) SELECT 1 FROM {listed('u a#')}"),
    "joins of users": ("postgres", f"SELECT 1 FROM {listed('users a#')}"),
    "natural joins": ("sqlite", f"SELECT 1 FROM users {listed('NATURAL JOIN users a#', ' ')}"),
    "joins with using": ("sqlite", f"SELECT 1 FROM users {listed('JOIN users a# USING (id)', ' ')}"),
    "doubling in with": ("sqlite", of_ctes("SELECT 1 AS a", "SELECT x.a FROM PREVIOUS x, PREVIOUS y", 30)),
    "doubling in duckdb": ("duckdb", of_ctes("SELECT 1 AS a", "SELECT x.a FROM PREVIOUS x, PREVIOUS y", 30)),
    "doubling subqueries": ("sqlite", of_ctes("SELECT 1 AS a", "SELECT (SELECT a FROM PREVIOUS) + (SELECT a FROM PREVIOUS) AS a", 30)),
    "recursion in recursion": ("sqlite", of_recursion(28)),
    "endless recursion": ("sqlite", "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"),
    "aliases in aliases": ("sqlite", of_aliases(8, 20)),
    "a long alias, often": ("sqlite", f"SELECT {listed('id', ' + ')[:300]} AS z FROM users WHERE {' OR '.join(['z = 1'] * 490)}"),
    "text that grows": ("duckdb", f"SELECT {GROWING}"),
    "text that grows in the stand-in": ("postgres", f"SELECT {GROWING}"),
    "columns that are unknown": ("sqlite", f"SELECT {listed('column_#')} FROM users"),
    "tables that are unknown": ("sqlite", f"SELECT 1 FROM {listed('table_#')}"),
    "many aliases": ("sqlite", f"SELECT {listed('1 a#')} FROM users"),
    "many columns": ("postgres", f"SELECT {listed('id')} FROM users"),
    "many groups": ("sqlite", f"SELECT id FROM users GROUP BY {listed('id + #')}"),
    "many sorts": ("sqlite", f"SELECT id FROM users ORDER BY {listed('id + #')}"),
    "many windows": ("sqlite", f"SELECT {listed('SUM(id) OVER (ORDER BY age)')} FROM users"),
    "many queries of with": ("sqlite", f"WITH {listed('c# AS (SELECT 1)')} SELECT 1"),
    "many subqueries": ("sqlite", f"SELECT {listed('(SELECT MAX(id) FROM users)')} FROM users"),
    "a long list": ("sqlite", f"SELECT 1 FROM users WHERE id IN ({listed('#')})"),
    "500 ands": ("postgres", f"SELECT 1 FROM users WHERE {' AND '.join(['id = 1'] * 500)}"),
    "500 pipes": ("sqlite", f"SELECT {'||'.join(['name'] * 500)} FROM users"),
    "a long sum": ("sqlite", f"SELECT {listed('1', '+')}"),
    "many unions": ("sqlite", f"SELECT 1 {listed('UNION SELECT #', ' ')}"),
    "many cases": ("sqlite", f"SELECT CASE {listed('WHEN id = # THEN 1', ' ')} END FROM users"),
    "nots": ("sqlite", f"SELECT {'NOT ' * 3_000} 1"),
    "signs": ("sqlite", f"SELECT {'- ' * 6_000} 1"),
    "parentheses hidden by a text": ("sqlite", f"SELECT '{')' * 5_000}', {nested('1', '(', ')', 2_000)}"),
    "tables in parentheses": ("sqlite", f"SELECT 1 FROM {nested('users', '(', ')', 50)}"),
    "a table in two parentheses": ("sqlite", "SELECT 1 FROM ((users))"),
    "queries in parentheses": ("postgres", nested("SELECT 1", "(", ")", 50)),
    "calls in calls": ("postgres", f"SELECT {nested('name', 'COALESCE(', ')', 50)} FROM users"),
    "lists in lists": ("sqlite", f"SELECT {nested('1', '1 IN (', ')', 50)}"),
    "brackets": ("duckdb", f"SELECT {nested('1', '[', ']', 4_000)}"),
    "braces": ("duckdb", "SELECT " + nested("1", "{'a': ", "}", 1_000)),
    "casts of casts": ("postgres", f"SELECT 1{'::INT' * 3_000}"),
    "arrows": ("postgres", f"SELECT {'a -> ' * 3_000} a"),
    "intervals": ("postgres", f"SELECT {'INTERVAL ' * 1_500} '1' DAY"),
    "dots": ("sqlite", f"SELECT {'a.' * 8_000}a"),
    "a long name": ("sqlite", f'SELECT "{"x" * 16_000}" FROM users'),
    "a long number": ("sqlite", f"SELECT {'9' * 16_000}"),
    "quotes": ("sqlite", f"SELECT {chr(39) * 16_001}"),
    "comments": ("sqlite", f"SELECT 1 {'/**/' * 3_900}"),
    "comments in comments": ("postgres", f"SELECT 1 {nested('', '/*', '*/', 3_900)}"),
    "semicolons": ("sqlite", f"SELECT 1{';' * 16_000}"),
    "strings side by side": ("mysql", "SELECT " + "'a' " * 3_900),
    "words": ("sqlite", "SELECT " * 2_300),
    "joins without end": ("sqlite", f"SELECT 1 FROM users {'JOIN ' * 3_000}"),
    "cases without end": ("sqlite", f"SELECT {'CASE WHEN ' * 60}"),
}  # fmt: skip

# An engine's planner takes long for these: the portal's deadline ends them.
SLOW = {
    "doubling subqueries",
    "doubling in with",
    "recursion in recursion",
}
# Values that are written several times, nested: source, target, start, what is around it.
COPIED = {
    "greatest": ("duckdb", "mysql", "id", "GREATEST(", ", 1)"),
    "month": ("postgres", "mysql", "CURRENT_TIMESTAMP", "DATE_TRUNC('month', ", ")"),
    "quarter": ("postgres", "mysql", "CURRENT_TIMESTAMP", "DATE_TRUNC('quarter', ", ")"),
    "week": ("duckdb", "mysql", "CURRENT_TIMESTAMP", "DATE_TRUNC('week', ", ")"),
    "months later": ("postgres", "sqlite", "CURRENT_DATE", "(", " + INTERVAL '1 month')"),
    "nullif": ("postgres", "postgres", "id", "NULLIF(", ", 1)"),
    "case": ("sqlite", "sqlite", "id", "CASE ", " WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END"),
}
