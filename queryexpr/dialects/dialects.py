"""The SQL dialects, and in what they differ where sqlglot does not know it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar

from queryexpr.dialects.names import TITLES

# sqlglot logs the text of what it does not know, and people's text belongs in no log. A filter
# stays where a level, or `disabled`, would be set anew when logging is configured.
logging.getLogger("sqlglot").addFilter(lambda record: False)


@dataclass(frozen=True, slots=True)
class Dialect:
    """`name` is sqlglot's word for it, and ours."""

    name: str
    like_minds_case: bool = True
    groups_are_strict: bool = True  # a column outside of GROUP BY is an error
    main_schema: str = ""  # the one that an unqualified table stands in
    folds: str = ""  # what becomes of the letters of a name without quotes: lower, upper

    @property
    def title(self) -> str:
        """Its name for people."""
        return TITLES[self.name]


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect("sqlite", like_minds_case=False, groups_are_strict=False, main_schema="main"),
        Dialect("postgres", main_schema="public", folds="lower"),
        Dialect("mysql", like_minds_case=False, groups_are_strict=False),
        Dialect("tsql", like_minds_case=False, main_schema="dbo"),
        Dialect("snowflake", main_schema="public", folds="upper"),
        Dialect("bigquery"),
        Dialect("duckdb", main_schema="main"),
        Dialect("oracle", folds="upper"),
    )
}


@cache
def grammar(name: str) -> Grammar:
    """Return sqlglot's dialect."""
    return Grammar.get_or_raise(name)


@cache
def plain_grammar(name: str) -> Grammar:
    """Return sqlglot's dialect, but that calls of functions are read as they are written.

    Else `IFNULL(a, b)` and `COALESCE(a, b)` are one node, and what stood there is lost: it could
    be neither checked against a list of names nor written back as it was.
    """
    base = type(grammar(name))
    rules = {k: v for k, v in base.parser_class.FUNCTION_PARSERS.items() if k not in _PLAIN_CALLS}
    parser = type("Parser", (base.parser_class,), {"FUNCTIONS": {}, "FUNCTION_PARSERS": rules})
    generator = type("Generator", (base.generator_class,), {"not_sql": _not})
    words = {k: v for k, v in base.tokenizer_class.KEYWORDS.items() if k not in _PLAIN_TYPES}
    parts: dict[str, Any] = {"Parser": parser, "parser_class": parser}
    if name == "sqlite":
        tokenizer = type("Tokenizer", (base.tokenizer_class,), {"KEYWORDS": words})
        parts |= {"Tokenizer": tokenizer, "tokenizer_class": tokenizer}
    parts |= {"Generator": generator, "generator_class": generator}
    plain = type(f"Plain{base.__name__}", (base,), parts)
    return cast("Grammar", plain())


# sqlglot has rules for these, which lose the name, though they are called as any other function.
_PLAIN_CALLS = frozenset(
    "ARGMAX ARGMIN ARG_MAX ARG_MIN CHAR CHR DATE_PART DECODE INITCAP MAX_BY MIN_BY"
    " QUANTILE_CONT QUANTILE_DISC TO_NUMBER TRANSLATE".split()
)

# sqlglot takes these for types of other databases; in SQLite they are as good as NUMERIC.
_PLAIN_TYPES = frozenset({"BYTE", "LONG", "SHORT", "STR", "STRING"})


def _not(self: Any, node: exp.Not) -> str:
    """Write `a NOT IN (…)`, as people do, for `NOT a IN (…)`."""
    inner = node.this
    left, whole = self.sql(inner, "this"), self.sql(inner)
    rest = whole.removeprefix(left)
    if not isinstance(inner, exp.Predicate) or rest == whole:
        return f"NOT {whole}"
    if rest.startswith(" IS "):
        return f"{left} IS NOT {rest[4:]}"
    negatable = rest.startswith((" IN ", " BETWEEN ", " LIKE ", " ILIKE "))
    return f"{left} NOT{rest}" if negatable else f"NOT {whole}"


@cache
def keywords(name: str) -> frozenset[str]:
    """Return the words that are quoted where they are names."""
    if DIALECTS[name].folds:  # there, quotes change which letters a name has: only where they must
        return _RESERVED
    return frozenset(grammar(name).tokenizer_class.KEYWORDS) | _RESERVED


_RESERVED = frozenset(
    "ACCESS ADD ALL ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC AUTHORIZATION BETWEEN"
    " BINARY BOTH BY CASE CAST CHECK COLLATE COLLATION COLUMN COMMENT CONCURRENTLY CONNECT"
    " CONSTRAINT CREATE CROSS CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA"
    " CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURRVAL DATE DEFAULT DEFERRABLE DELETE DESC"
    " DISTINCT DO DROP ELSE END EXCEPT EXISTS FALSE FETCH FILE FOR FOREIGN FREEZE FROM FULL"
    " GRANT GROUP HAVING ILIKE IN INDEX INITIALLY INNER INSERT INTERSECT INTO IS ISNULL JOIN"
    " LATERAL LEADING LEFT LEVEL LIKE LIMIT LOCALTIME LOCALTIMESTAMP LONG MINUS MODE NATURAL"
    " NEXTVAL NOT NOTNULL NULL NUMBER OFFSET ON ONLY OR ORDER OUTER OVERLAPS PLACING PRIMARY"
    " PRIOR QUALIFY RAW REFERENCES RETURNING RIGHT ROW ROWID ROWNUM ROWS SELECT SESSION_USER"
    " SET SHARE SIMILAR SIZE SOME START SYMMETRIC SYSDATE SYSTEM_USER SYSTIMESTAMP TABLE"
    " TABLESAMPLE THEN TO TRAILING TRIGGER TRUE UID UNION UNIQUE UPDATE USER USING VALUES"
    " VARIADIC VERBOSE VIEW WHEN WHERE WINDOW WITH".split()
)
