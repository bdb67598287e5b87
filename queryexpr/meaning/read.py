"""Meanings as JSON → Meanings, with an issue for each definition that is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError

from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Aggregate, Op
from queryexpr.issues import Issue, Refused
from queryexpr.meaning.expressions import (
    aggregates,
    condition,
    faults,
    pairs_of,
    tables_of,
    value,
)
from queryexpr.meaning.shape import JsonDimension, JsonJoin, JsonMeanings, JsonMeasure
from queryexpr.schema.meanings import Definition, Meanings, Relation
from queryexpr.shapes import misfit, pointer_to
from queryexpr.walk import rebuild

T = TypeVar("T")
Path = tuple[str | int, ...]
_NO_AGGREGATE = "A measure needs an aggregate, such as SUM. Without one it is a dimension."
_AGGREGATE = "A dimension is a value of one row, without aggregates. With one it is a measure."
_SAME = "A table is not joined with itself here."
_FILTERED = "A filter is about rows, without aggregates."


def read_meanings(document: Any) -> tuple[Meanings, tuple[Issue, ...]]:
    """Return what `document`, JSON in the form of JsonMeanings, defines.

    Issues have JSON Pointers into it, and places in the SQL that is there. Raises Refused if it
    has another form.
    """
    try:
        shape = JsonMeanings.model_validate(document)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False)
        found = (Issue("meanings", misfit(m), pointer=pointer_to(m["loc"])) for m in mistakes)
        raise Refused(*found) from None
    if shape.dialect not in DIALECTS:
        message = f"{shape.dialect[:40]!r} is not one of {', '.join(DIALECTS)}."
        raise Refused(Issue("dialect", message, pointer="/dialect"))
    return _Reading(DIALECTS[shape.dialect]).meanings(shape)


class _Reading:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.issues: list[Issue] = []

    def meanings(self, shape: JsonMeanings) -> tuple[Meanings, tuple[Issue, ...]]:
        joins = [
            self._part(partial(self._join, join, ("joins", number)))
            for number, join in enumerate(shape.joins)
        ]
        meanings = Meanings(
            self.dialect.name,
            self._definitions("measures", shape.measures, self._measure),
            self._definitions("dimensions", shape.dimensions, self._dimension),
            tuple(filter(None, joins)),
            shape.hides,
        )
        return meanings, tuple(self.issues)

    def _definitions(
        self, kind: str, shapes: Mapping[str, T], read: Callable[[str, T, Path], Definition]
    ) -> dict[str, Definition]:
        """Return the definitions by their name in small letters."""
        found = {}
        for name, shape in shapes.items():
            if definition := self._part(partial(read, name, shape, (kind, name))):
                found[name.lower()] = definition
        return found

    def _part(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Refused as refused:
            self.issues += refused.issues
            return None

    def _measure(self, name: str, shape: JsonMeasure, at: Path) -> Definition:
        expr = self._read(value, shape.expr, (*at, "expr"))
        if not aggregates(expr):
            raise _wrong(_NO_AGGREGATE, (*at, "expr"))
        rows = None
        if shape.filter is not None:
            rows = self._read(condition, shape.filter, (*at, "filter"))
            if aggregates(rows):
                raise _wrong(_FILTERED, (*at, "filter"))
        tables = _at((*at, "expr"), lambda: tables_of(expr, rows))
        return Definition(name, filtered(expr, rows), tables, shape.place)

    def _dimension(self, name: str, shape: JsonDimension, at: Path) -> Definition:
        expr = self._read(value, shape.expr, (*at, "expr"))
        if aggregates(expr):
            raise _wrong(_AGGREGATE, (*at, "expr"))
        tables = _at((*at, "expr"), lambda: tables_of(expr))
        return Definition(name, expr, tables, shape.place)

    def _join(self, shape: JsonJoin, at: Path) -> Relation:
        if shape.left.lower() == shape.right.lower():
            raise _wrong(_SAME, (*at, "right"))
        on = self._read(condition, shape.on, (*at, "on"))
        pairs = _at((*at, "on"), lambda: pairs_of(on, shape.left, shape.right))
        return Relation(shape.left, shape.right, pairs, shape.relationship, shape.place)

    def _read(self, read: Callable[[Any, Dialect], Any], text: Any, at: Path) -> Any:
        expr = _at(at, lambda: read(text, self.dialect))
        if not isinstance(text, str) and (wrong := [*faults(expr, pointer_to(at))]):
            raise Refused(*wrong)
        return expr


def filtered(expr: Any, rows: Any) -> Any:
    """Return an expression whose aggregates only take the rows on which a condition is true."""
    if rows is None:
        return expr

    def narrow(node: Any) -> Any:
        if not isinstance(node, Aggregate):
            return node
        both = rows if node.filter is None else Op(op="and", args=(node.filter, rows))
        return node.model_copy(update={"filter": both})

    return rebuild(expr, narrow)


def _wrong(message: str, at: Path) -> Refused:
    return Refused(Issue("meanings", message, pointer=pointer_to(at)))


def _at(at: Path, read: Callable[[], T]) -> T:
    """Return what `read` does; its issues are moved to `at`."""
    try:
        return read()
    except Refused as refused:
        raise Refused(*(_moved(issue, at) for issue in refused.issues)) from None


def _moved(issue: Issue, at: Path) -> Issue:
    return Issue(
        issue.code, issue.message, issue.severity, pointer_to(at) + issue.pointer, issue.line,
        issue.column, issue.near,
    )  # fmt: skip
