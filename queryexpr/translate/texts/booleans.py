"""Booleans and texts: 'true' in some dialects, '1' in those where booleans are numbers."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.translate.changes import apart, bare

JOINS = (exp.DPipe, exp.Concat, exp.ConcatWs)
_CONDITIONS = (exp.Predicate, exp.Boolean, exp.Connector, exp.Not)
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_TRUE_PREFIXES, _FALSE_PREFIXES = ("tr", "tru", "ye"), ("fa", "fal", "fals", "of")
_COMPARED = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.NullSafeEQ,
    exp.NullSafeNEQ,
)  # fmt: skip
_IS_WORD = f"LOWER(TRIM({{value}})) IN ({', '.join(map(repr, _TRUE))})"
_IS_OTHER = f"LOWER(TRIM({{value}})) IN ({', '.join(map(repr, _FALSE))})"
_READ = f"CASE WHEN {_IS_WORD} THEN TRUE WHEN {_IS_OTHER} THEN FALSE END"


def reads_otherwise(source: Dialect, target: Dialect) -> bool:
    """Is a text that is a boolean in one dialect perhaps another, or none, in the other?"""
    both = source.booleans_are_words and target.booleans_are_words
    return not both or not source.boolean_words <= target.boolean_words


def has_words(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> bool:
    """Has the query texts that may be booleans, or a boolean beside a text, where any may be?"""
    if not source.booleans_are_words and _compares_booleans(tree, catalogue):
        return True
    return any(_word(text) is not None for text in tree.find_all(exp.Literal))


def _compares_booleans(tree: exp.Expr, catalogue: Catalogue | None) -> bool:
    types = catalogue.types if catalogue else {}
    for node in tree.find_all(*_COMPARED):
        sides = [bare(side) for side in node.iter_expressions()]
        known = (s.name.lower() for s in sides if isinstance(s, exp.Column))
        beside = any(family(types.get(name, "")) in ("boolean", "") for name in known)
        if any(s.is_string for s in sides) and (
            beside or any(isinstance(s, _CONDITIONS) for s in sides)
        ):
            return True
    return False


def joins_booleans(tree: exp.Expr, catalogue: Catalogue | None) -> bool:
    """May a boolean be joined to a text in the query?"""
    columns = (
        (column for table in catalogue.tables for column in table.columns) if catalogue else ()
    )
    if any(column.family == "boolean" for column in columns):
        return tree.find(*JOINS) is not None
    return any(node.find(*_CONDITIONS) for node in tree.find_all(*JOINS))


def boolean_text(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a boolean that becomes a text as the text that it is in `source`."""
    if isinstance(node, JOINS):
        for value in [node.left, node.right] if isinstance(node, exp.DPipe) else node.expressions:
            text = _text(value, node, source, target)
            value.replace(text)
            apart(text)
    elif type(node) is exp.Cast and node.to.is_type(*exp.DataType.TEXT_TYPES):
        return _text(node.this, node, source, target, plain=node)
    return node


def _text(
    value: exp.Expr,
    around: exp.Expr,
    source: Dialect,
    target: Dialect,
    plain: exp.Expr | None = None,
) -> exp.Expr:
    """Return a boolean as its text; any other value as `plain`."""
    inner, letters = bare(value), isinstance(around, exp.Concat | exp.ConcatWs)
    ours, theirs = (_words(dialect, letters=letters) for dialect in (source, target))
    if ours == theirs or not inner.is_type("boolean"):
        return plain or value
    template = f"CASE WHEN {{value}} THEN '{ours[0]}' WHEN NOT ({{value}}) THEN '{ours[1]}' END"
    return fill(template, target, value=inner.copy())


def _words(dialect: Dialect, *, letters: bool) -> tuple[str, str]:
    if letters and dialect.joins_letters:
        return "t", "f"
    return ("true", "false") if dialect.booleans_are_words else ("1", "0")


def text_as_boolean(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a text that is cast to a boolean, or compared with one, where those are numbers."""
    if type(node) is exp.Cast and node.to.is_type("boolean") and source.booleans_are_words:
        return _as_boolean(node, target)
    if isinstance(node, _COMPARED) and reads_otherwise(source, target):
        _compare(node, source, target)
    return node


def _as_boolean(node: exp.Cast, target: Dialect) -> exp.Expr:
    value = bare(node.this)
    if (known := _word(value)) is not None:
        return exp.convert(known)
    is_text = value.is_type(*exp.DataType.TEXT_TYPES) and not target.booleans_are_words
    return fill(_READ, target, value=value) if is_text else node


def _compare(node: exp.Expr, source: Dialect, target: Dialect) -> None:
    """Compare a boolean with one, in place of its text. Raises Refused."""
    values = [bare(side) for side in node.iter_expressions()]
    if not any(value.is_type("boolean") for value in values):
        return
    for value in values:
        if not value.is_string:
            continue
        word = _word(value)
        if not source.booleans_are_words and value.name not in ("0", "1"):
            raise lacks(target, f"boolean that is {value.name!r} as {source.title} compares it")
        if word is not None:
            value.replace(exp.convert(word))


def _word(value: exp.Expr) -> bool | None:
    """Return the boolean that a literal text is; None if it is none."""
    text = value.name.strip().lower() if value.is_string else ""
    if text in (*_TRUE, *_TRUE_PREFIXES):
        return True
    return False if text in (*_FALSE, *_FALSE_PREFIXES) else None
