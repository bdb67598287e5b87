"""
What a query uses of its source, and what has changed there since. Pure.

Parts are `{"tables": {table: {column: type}}, "meanings": {name: definition}}`. A column counts as
used if the query has its name anywhere: rather one too many than one too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from workflow.confirmed.change import Change
from workflow.meanings.names import column_of

if TYPE_CHECKING:
    from queryexpr.gate.operations import Document, Judgement
    from workflow.meanings.meanings import SourceMeanings
    from workflow.meanings.schema import Join

Parts = dict[str, dict[str, Any]]


def parts_of(
    judgement: Judgement, tables: Iterable[Document], meanings: SourceMeanings | None
) -> Parts:
    """Return what a valid query uses of these tables and meanings."""
    known = _by_name(tables)
    words = {word.lower() for word in _texts(judgement.ir)}
    used = {
        name.lower(): {
            column: kind for column, kind in known[name.lower()].items() if column in words
        }
        for name in judgement.tables
        if name.lower() in known
    }
    definitions = _definitions(meanings)
    names = {f"{one.kind} {one.name}" for one in judgement.meanings}
    names.update(name for name in definitions if _is_about(name, definitions[name], used))
    return {"tables": used, "meanings": {n: definitions[n] for n in names if n in definitions}}


def changes(
    parts: Parts, tables: Iterable[Document], meanings: SourceMeanings | None
) -> tuple[Change, ...]:
    """Return what is not any more as it was when a query was confirmed."""
    known = _by_name(tables)
    return (*_in_tables(parts["tables"], known), *_in_meanings(parts["meanings"], meanings))


def _in_tables(used: dict[str, Any], known: dict[str, dict[str, str]]) -> Iterator[Change]:
    for table, columns in used.items():
        if table not in known:
            yield Change("table", table)
            continue
        for column, kind in columns.items():
            now = known[table].get(column)
            if now is None:
                yield Change("column", f"{table}.{column}")
            elif now != kind:
                yield Change("type", f"{table}.{column}", kind, now)


def _in_meanings(used: dict[str, Any], meanings: SourceMeanings | None) -> Iterator[Change]:
    known = _definitions(meanings)
    for name, definition in used.items():
        if known.get(name) != definition:
            yield Change("meaning", name, place=_place(name, meanings) if name in known else "")


def _by_name(tables: Iterable[Document]) -> dict[str, dict[str, str]]:
    """Return the types of columns by table, in small letters: SQL's names seldom have others."""
    return {
        table["name"].lower(): {
            column["name"].lower(): " ".join((column.get("type") or "").upper().split())
            for column in table["columns"]
        }
        for table in tables
    }


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a query expression: among them are the names of its columns."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _texts(child)


def _definitions(meanings: SourceMeanings | None) -> dict[str, Any]:
    """Return what decides the result of a query, by kind and name: no names of people or texts."""
    if meanings is None:
        return {}
    config = meanings.config
    return {
        **{f"measure {n}": [_plain(m.expr), _plain(m.filter)] for n, m in config.measures.items()},
        **{f"dimension {n}": _plain(d.expr) for n, d in config.dimensions.items()},
        **{f"codes {column}": dict(codes) for column, codes in config.codes.items()},
        **_joins(config.joins),
    }


def _joins(joins: Iterable[Join]) -> dict[str, Any]:
    """Return all joins of each pair of tables: there may be several."""
    found: dict[str, list[Any]] = {}
    for join in joins:
        pair = found.setdefault(f"join {join.left} {join.right}", [])
        pair.append([_plain(join.on), join.relationship])
    return found


def _plain(value: Any) -> Any:
    """Return a value as the database returns it: JSON has no tuples."""
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items()}
    return [_plain(child) for child in value] if isinstance(value, list | tuple) else value


def _is_about(name: str, definition: Any, used: dict[str, dict[str, str]]) -> bool:
    """Is a definition about a column or a pair of tables that the query uses?"""
    kind, _, rest = name.partition(" ")
    if kind == "join":
        return all(table.lower() in used for table in rest.split(" "))
    text = definition if kind == "dimension" else rest if kind == "codes" else ""
    if not isinstance(text, str) or text.count(".") != 1:
        return False
    table, column = column_of(text.lower())
    return column in used.get(table, ())


def _place(name: str, meanings: SourceMeanings | None) -> str:
    kind, _, rest = name.partition(" ")
    if meanings is None:
        return ""
    if kind == "join":
        pairs = [f"{join.left} {join.right}" for join in meanings.config.joins]
        return meanings.place("joins", pairs.index(rest))
    return meanings.place("codes" if kind == "codes" else f"{kind}s", rest)
