"""What must not be asked: it is not in the schema, and questions that name it get a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.meanings.names import column_of
from workflow.meanings.words import Words

if TYPE_CHECKING:
    from queryexpr.gate.operations import Document
    from workflow.meanings.meanings import SourceMeanings


def refusal(meanings: SourceMeanings | None, question: str) -> str:
    """Return the sentence for a question that must not be asked, with its place; else empty.

    A question is about a table, too, if it has the table's name.
    """
    words = Words(question)
    for number, one in enumerate(meanings.config.never if meanings else ()):
        if meanings and words.has_any((*one.topics, *one.tables)):
            return f"{one.answer} ({meanings.place('never', number)})"
    return ""


def allowed(schema: Document, meanings: SourceMeanings) -> Document:
    """Return a schema without the tables and columns that must not be asked.

    A table without any other column is left out.
    """
    never = meanings.config.never
    tables = {table.lower() for one in never for table in one.tables}
    columns = {column_of(column) for one in never for column in one.columns}
    kept = [
        _without(table, columns)
        for table in schema["tables"]
        if table["name"].lower() not in tables
    ]
    return {"tables": [table for table in kept if table["columns"]]}


def _without(table: Document, hidden: set[tuple[str, str]]) -> Document:
    name = table["name"].lower()
    columns = [c for c in table["columns"] if (name, c["name"].lower()) not in hidden]
    names = {column["name"] for column in columns}
    keys = [key for key in table.get("foreign_keys", ()) if names.issuperset(key["columns"])]
    unique = [key for key in table.get("unique_keys", ()) if names.issuperset(key)]
    return {**table, "columns": columns, "foreign_keys": keys, "unique_keys": unique}
