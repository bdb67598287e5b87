"""
A first file of meanings for a source, as text to review: from its keys, types, names and comments.

Pure. No row is read, and nothing is used before someone puts it into the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from core.yaml.dump import dump
from queryexpr.gate.operations import Document

HEAD = """\
# Suggested from the schema of {source}. Review each line, delete what is wrong, and name
# measures as your business does: add `filter`, `owner` and `synonyms`.
"""
CONFIRMED = "# Confirmed questions. What they calculate may be a measure:\n"
_CODE = re.compile(r"\b(\d{1,6}|[A-Z]{1,2})\s*(?:=|:|-)\s*([^\W\d_][^,;/()]*)")
_KEY = re.compile(r"(^|_)(id|key|code|no|nr|number|year|month|zip|phone)$", re.IGNORECASE)
_NUMBERS = ("int", "num", "dec", "real", "double", "float", "money")
_TIMES = ("date", "time")
_TEXTS = ("char", "text", "string", "enum", "bool")
MAX_DESCRIPTION = 200


def suggest(source: str, schema: Document, confirmed: Iterable[tuple[str, str]] = ()) -> str:
    """Return the text of a file with meanings for `source`.

    `confirmed` are questions with their SQL, which are remarks at its end: they may hold measures.
    """
    tables = schema["tables"]
    section = {
        "measures": _named(part for table in tables for part in _measures(table)),
        "dimensions": _named(part for table in tables for part in _dimensions(table)),
        "joins": [join for table in tables for join in _joins(table, tables)],
        "codes": {name: codes for table in tables for name, codes in _codes(table)},
    }
    kept = {key: value for key, value in section.items() if value}
    text = HEAD.format(source=source) + dump({"meanings": {source: kept}})
    remarks = [f"# {_line(question)}\n#   {_line(sql)}\n" for question, sql in confirmed]
    return text + (CONFIRMED + "".join(remarks) if remarks else "")


def _line(text: str) -> str:
    return " ".join(text.split())


def _named(parts: Iterator[tuple[str, str, Any]]) -> dict[str, Any]:
    """Return definitions by name: where two have one name, each is named with its table."""
    found = [*parts]
    names = [name for _, name, _ in found]
    return {
        name if names.count(name) == 1 else f"{table}_{name}": value for table, name, value in found
    }


def _measures(table: Document) -> Iterator[tuple[str, str, Any]]:
    name = table["name"]
    keys = [column["name"] for column in table["columns"] if column.get("primary_key")]
    if len(keys) == 1 and _is_plain(name, keys[0]):
        yield name, f"{name}_count", f"COUNT({name}.{keys[0]})"
    linked = {column for key in table.get("foreign_keys", ()) for column in key["columns"]}
    for column in table["columns"]:
        if _is(column, _NUMBERS) and column["name"] not in linked and _is_amount(name, column):
            yield name, f"total_{column['name']}", _part(f"SUM({name}.{column['name']})", column)


def _is_amount(table: str, column: Document) -> bool:
    """Is it a number to add up, and no key or code?"""
    is_key = column.get("primary_key") or _KEY.search(column["name"])
    return not is_key and not _code_pairs(column) and _is_plain(table, column["name"])


def _dimensions(table: Document) -> Iterator[tuple[str, str, Any]]:
    for column in table["columns"]:
        plain = _is_plain(table["name"], column["name"])
        if plain and not column.get("primary_key") and _is(column, _TEXTS + _TIMES):
            yield table["name"], column["name"], _part(f"{table['name']}.{column['name']}", column)


def _joins(table: Document, tables: list[Document]) -> Iterator[dict[str, str]]:
    keys = {column["name"] for column in table["columns"] if column.get("primary_key")}
    for key in table.get("foreign_keys", ()):
        other = next((one for one in tables if one["name"] == key["table"]), None)
        if other is None or other is table:
            continue
        theirs = key.get("references") or [
            column["name"] for column in other["columns"] if column.get("primary_key")
        ]
        pairs = zip(key["columns"], theirs, strict=False)
        on = " AND ".join(f"{table['name']}.{a} = {other['name']}.{b}" for a, b in pairs)
        relationship = "one_to_one" if {*key["columns"]} == keys else "many_to_one"
        yield {"left": table["name"], "right": other["name"], "on": on,
               "relationship": relationship}  # fmt: skip


def _codes(table: Document) -> Iterator[tuple[str, dict[str, str]]]:
    for column in table["columns"]:
        if codes := _code_pairs(column):
            yield f"{table['name']}.{column['name']}", codes


def _code_pairs(column: Document) -> dict[str, str]:
    """Return the codes that a comment explains, such as `1 = paid, 4 = refunded`."""
    pairs = {code: label.strip() for code, label in _CODE.findall(column.get("comment", ""))}
    return pairs if len(pairs) > 1 else {}


def _part(expr: str, column: Document) -> Any:
    comment = " ".join(column.get("comment", "").split())[:MAX_DESCRIPTION]
    return {"expr": expr, "description": comment} if comment else expr


def _is(column: Document, kinds: tuple[str, ...]) -> bool:
    kind = column.get("type", "").lower()
    return any(part in kind for part in kinds)


def _is_plain(*names: str) -> bool:
    """Can SQL name them without quotes?"""
    return all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)
