"""What sqlglot knows of a dialect: its grammar, its keywords, its order of nulls."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any, cast

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.tokenizer_core import TokenType

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.misread import raise_error
from queryexpr.dialects.typed_literals import typing

# sqlglot logs the text that it cannot read, and people's text belongs in no log. A filter stays;
# configuring logging would reset a level, or `disabled`.
logging.getLogger("sqlglot").addFilter(lambda record: False)


@cache
def grammar(dialect: Dialect) -> Grammar:
    """Return sqlglot's dialect."""
    return Grammar.get_or_raise(dialect.name)


@cache
def plain_grammar(dialect: Dialect) -> Grammar:
    """Return sqlglot's dialect, changed to keep calls of functions as they are written.

    sqlglot reads `IFNULL(a, b)` and `COALESCE(a, b)` as one node. The name is lost then: it can be
    neither checked against a list nor written back.
    """
    base = type(grammar(dialect))
    rules = {k: v for k, v in base.parser_class.FUNCTION_PARSERS.items() if k not in _PLAIN_CALLS}
    rules["CAST"] = _marked_cast
    # No lambda is read, and `LOWER(j -> 'a')` is not about one.
    lambdas = {k: v for k, v in base.parser_class.LAMBDAS.items() if k is not TokenType.ARROW}
    own = {"FUNCTIONS": {}, "FUNCTION_PARSERS": rules, "_parse_join": _marking(base.parser_class),
           "_parse_interval_span": _with_text(base.parser_class),
           "_parse_type": typing(base.parser_class),
           "LAMBDAS": lambdas, "raise_error": raise_error}  # fmt: skip
    parser = type("Parser", (base.parser_class,), own)
    written: dict[str, Any] = {"not_sql": _not}
    if dialect.regexp == "loose":  # MariaDB has no REGEXP_LIKE
        written["regexplike_sql"] = lambda self, node: self.binary(node, "REGEXP")
        transforms = {**base.generator_class.TRANSFORMS}
        transforms.pop(exp.RegexpLike, None)
        written["TRANSFORMS"] = transforms
    if not dialect.as_before_laterals:
        written["lateral_sql"] = _lateral
    if dialect.dates_have_hours:
        written["cast_sql"] = _dated_cast(base.generator_class)
    generator = type("Generator", (base.generator_class,), written)
    words = {k: v for k, v in base.tokenizer_class.KEYWORDS.items() if k not in _PLAIN_TYPES}
    parts: dict[str, Any] = {"Parser": parser, "parser_class": parser}
    if dialect.affinities:
        tokenizer = type("Tokenizer", (base.tokenizer_class,), {"KEYWORDS": words})
        parts |= {"Tokenizer": tokenizer, "tokenizer_class": tokenizer}
    parts |= {"Generator": generator, "generator_class": generator}
    plain = type(f"Plain{base.__name__}", (base,), parts)
    return cast("Grammar", plain())


# sqlglot has rules for these, which lose the name, though they are plain calls.
_PLAIN_CALLS = frozenset(
    "ARGMAX ARGMIN ARG_MAX ARG_MIN CHAR CHR DATE_PART DECODE INITCAP JSON_AGG MAX_BY MIN_BY"
    " QUANTILE_CONT QUANTILE_DISC TO_NUMBER TRANSLATE".split()
)

# sqlglot takes these for types of other databases; with affinities they are like NUMERIC.
_PLAIN_TYPES = frozenset({"BYTE", "LONG", "SHORT", "STR", "STRING"})


def _marking(parser: Any) -> Any:
    """Return what parses a join, and marks one with a comma: sqlglot's tree does not tell it."""

    def parse(self: Any, *args: Any, **more: Any) -> Any:
        is_comma = self._curr and self._curr.token_type == TokenType.COMMA
        join = parser._parse_join(self, *args, **more)
        if join and is_comma:
            join.meta["comma"] = True
        return join

    return parse


def _with_text(parser: Any) -> Any:
    """Return what parses the unit of an INTERVAL, and keeps the text: sqlglot drops parts of it."""

    def parse(self: Any, this: Any, *args: Any, **more: Any) -> Any:
        text = this.name if isinstance(this, exp.Literal) and this.is_string else None
        interval = parser._parse_interval_span(self, this, *args, **more)
        if text is not None:
            interval.meta["text"] = text
        return interval

    return parse


def _marked_cast(self: Any) -> Any:
    """Parse CAST(…), and mark it: sqlglot reads DATE '…' as the same."""
    cast = self._parse_cast(self.STRICT_CAST)
    if cast:
        cast.meta["call"] = True
    return cast


def _lateral(self: Any, node: exp.Lateral) -> str:
    """Write CROSS APPLY (…) t, or LATERAL (…) t."""
    applies = node.args.get("cross_apply")
    word = "LATERAL" if applies is None else "CROSS APPLY" if applies else "OUTER APPLY"
    return f"{word} {self.sql(node, 'this')} {self.sql(node, 'alias')}"


def _dated_cast(generator: Any) -> Any:
    """Return what writes DATE '…' and TIMESTAMP '…' for casts of texts."""

    def write(self: Any, node: exp.Cast, **more: Any) -> str:
        kind = node.to.this
        literal = node.this.is_string and kind in (exp.DType.DATE, exp.DType.TIMESTAMP)
        if not literal:
            return str(generator.cast_sql(self, node, **more))
        return f"{kind.value} {self.sql(node, 'this')}"

    return write


_NEGATABLE = (exp.In, exp.Between, exp.Like, exp.ILike)


def _not(self: Any, node: exp.Not) -> str:
    """Write `a NOT IN (…)`, as people do, for `NOT a IN (…)`."""
    inner, whole = node.this, self.sql(node, "this")
    is_test = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null | exp.Boolean)
    if not is_test and not isinstance(inner, _NEGATABLE):
        return f"NOT {whole}"
    left = self.sql(inner, "this")
    rest = whole.removeprefix(left)
    if is_test and not inner.args.get("negate") and rest.startswith(" IS "):
        return f"{left} IS NOT {rest[4:]}"
    negatable = rest.startswith((" IN ", " BETWEEN ", " LIKE ", " ILIKE "))
    return f"{left} NOT{rest}" if negatable else f"NOT {whole}"


@cache
def keywords(dialect: Dialect) -> frozenset[str]:
    """Return the words that are quoted where they are names."""
    if dialect.folds:  # there, quotes change which letters a name has: only where they must
        return _RESERVED | dialect.reserved
    known = frozenset(grammar(dialect).tokenizer_class.KEYWORDS)
    return known | _RESERVED | dialect.reserved


def nulls_first(dialect: Dialect, descending: bool) -> bool:
    """Does the dialect place nulls first where the query does not say?"""
    ordering = grammar(dialect).NULL_ORDERING
    if ordering == "nulls_are_last":
        return False
    return descending if ordering == "nulls_are_large" else not descending


def division(dialect: Dialect) -> dict[str, bool]:
    """Return how `/` divides, in sqlglot's words."""
    return {"typed": cuts_fractions(dialect), "safe": grammar(dialect).SAFE_DIVISION}


def cuts_fractions(dialect: Dialect) -> bool:
    """Does `/` of whole numbers cut the fraction off?"""
    return bool(grammar(dialect).TYPED_DIVISION)


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
