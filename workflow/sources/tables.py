"""The tables of a source as JSON, as `queryexpr.schema.from_json` reads them."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ColumnJSON(TypedDict):
    name: str
    type: str
    nullable: bool
    primary_key: bool
    comment: NotRequired[str]
    values: NotRequired[list[str]]


class KeyJSON(TypedDict):
    columns: list[str]
    table: str
    references: list[str]


class TableJSON(TypedDict):
    name: str
    columns: list[ColumnJSON]
    foreign_keys: list[KeyJSON]
    unique_keys: NotRequired[list[list[str]]]  # besides the primary key
    schema: NotRequired[str]
    comment: NotRequired[str]
    fault: NotRequired[str]  # why the database cannot read it: then it has no columns
