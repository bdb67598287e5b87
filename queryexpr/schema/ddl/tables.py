"""One CREATE TABLE → a table: names, types, keys and comments. Unknown clauses are skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Column, ForeignKey, Table
from queryexpr.schema.checks import Path
from queryexpr.schema.ddl.columns import comment_of, facts_begin, read_column
from queryexpr.schema.ddl.tokens import Token
from queryexpr.schema.ddl.values import read_check
from queryexpr.schema.ddl.words import Word, check_name, dotted, items_of, words_of, wrong


@dataclass(slots=True)
class Draft:
    """A table so far. `places` has the offsets of its columns and keys, as paths end with them."""

    head: Table  # without columns
    places: dict[Path, int]
    columns: list[Column] = field(default_factory=list)
    keys: list[ForeignKey] = field(default_factory=list)
    primary: list[str] = field(default_factory=list)
    unique: list[list[str]] = field(default_factory=list)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of CHECKs, by column

    @property
    def table(self) -> Table:
        """The whole table; a name in its primary key that no column has is ignored."""
        own = {name.lower() for name in self.primary}
        columns = (
            replace(
                column,
                primary_key=column.primary_key or column.name.lower() in own,
                values=column.values or self.values.get(column.name.lower(), ()),
            )
            for column in self.columns
        )
        return replace(
            self.head,
            columns=tuple(columns),
            foreign_keys=tuple(self.keys),
            unique_keys=tuple(map(tuple, self.unique)),
        )


def read_table(statement: list[Token], text: str, dialect: Dialect) -> Draft:
    """Read one CREATE TABLE. Raises Refused with an offset for a line."""
    words = words_of(statement[1:])
    parts = dotted(words)
    if not parts or parts[-1].first.kind == "mark":
        raise wrong("A name is missing after CREATE TABLE.", statement[0])
    names = names_of(parts, dialect)
    if [word.first.raw for word in words[1:3]] == [".", "."]:  # `db..t`: in the main schema
        names.insert(1, dialect.main_schema)
    names = names[-3:] if dialect.databases else names[-2:]
    for name in filter(None, names):
        check_name(name, parts[-1].first)
    draft = Draft(_table(names, words, parts[-1], text), {(): parts[-1].first.start})
    for item in items_of(parts[-1].inside):
        _read_item(draft, item, text)
    return draft


def names_of(parts: list[Word], dialect: Dialect) -> list[str]:
    """Return the parts of a table's qualified name."""
    names = [part.first.name for part in parts]
    if dialect.quoted_paths:
        return ".".join(names).split(".")
    return names


def _table(names: list[str], words: list[Word], last: Word, text: str) -> Table:
    database, schema, name = ["", "", *names][-3:]
    opening = _remark(text, last.tokens[1].end) if last.inside else ""
    comment = comment_of(words[words.index(last) + 1 :]) or opening
    return Table(name, (), (), schema, comment, last.first.kind == "quoted", database)


# ── A line of a statement ───────────────────────────────────────────────────────────────────

_REMARK = re.compile(r"[ \t]*,?[ \t]*--[ \t]*(.*)")


def _read_item(draft: Draft, item: list[Token], text: str) -> None:
    words = words_of(item)
    if read_key(draft, words):
        return
    words = _unnamed(words)
    draft.values |= _checks(words)
    first = words[0].first.word if words else ""
    second = words[1].first.word if len(words) > 1 else ""
    if not _is_other(words, first, second):
        _read_column(draft, words, _remark(text, item[-1].end))


def read_key(draft: Draft, words: list[Word]) -> bool:
    """Add the primary, unique or foreign key, and return True, if the words are one."""
    words = _unnamed(words)
    opening = [word.first.word for word in words[:2]]
    if opening not in (["PRIMARY", "KEY"], ["FOREIGN", "KEY"]) and opening[:1] != ["UNIQUE"]:
        return False
    columns = next((word.listed for word in words if word.inside), [])
    if opening[0] == "PRIMARY":
        draft.primary += columns
    elif opening[0] == "UNIQUE":
        draft.unique.append(columns)
    else:
        _read_reference(draft, words, columns)
    return True


def _checks(words: list[Word]) -> dict[str, tuple[str, ...]]:
    """Return the values that a table's own CHECK allows, by column."""
    if not words or words[0].first.word != "CHECK":
        return {}
    column, values = read_check(words[0].inside)
    return {column: values} if values else {}


def _unnamed(words: list[Word]) -> list[Word]:
    """Return a constraint without its name, which MySQL's may lack."""
    if not words or words[0].first.word != "CONSTRAINT" or len(words) < 2:
        return words
    named = words[1].first.word not in ("PRIMARY", "FOREIGN", "UNIQUE", "CHECK")
    return words[2:] if named else words[1:]


def _is_other(words: list[Word], first: str, second: str) -> bool:
    """Is it an index, a check or such, and not a column that is called `key`?"""
    if first in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):
        lists = (word.inside for word in words[: facts_begin(words, 2)])
        return any(inside and not inside[0].raw[0].isdigit() for inside in lists)
    pair = (first, second) in (("PERIOD", "FOR"), ("EXCLUDE", "USING"), ("SUPPLEMENTAL", "LOG"))
    return pair or first in ("CHECK", "LIKE") or not words


def _read_reference(draft: Draft, words: list[Word], columns: list[str]) -> None:
    """Add the foreign key, if there is one behind REFERENCES."""
    keywords = [word.first.word for word in words]
    target = words[keywords.index("REFERENCES") + 1 :] if "REFERENCES" in keywords else []
    if target and columns:
        parts = dotted(target)
        table = ".".join(part.first.name for part in parts[-3:])
        draft.places["foreign_keys", len(draft.keys)] = parts[-1].first.start
        draft.keys.append(ForeignKey(tuple(columns), table, tuple(parts[-1].listed)))


def _read_column(draft: Draft, words: list[Word], remark: str) -> None:
    column, facts = read_column(words, remark)
    draft.places["columns", len(draft.columns)] = words[0].first.start
    draft.columns.append(column)
    if any(word.first.word == "UNIQUE" for word in facts):
        draft.unique.append([column.name])
    _read_reference(draft, facts, [column.name])


def _remark(text: str, end: int) -> str:
    remark = _REMARK.match(text, end)
    return remark[1].strip() if remark else ""
