"""The requests of the workflow, type-checked field by field. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

ID = Annotated[str, msgspec.Meta(max_length=300)]
Question = Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]
Query = Annotated[str, msgspec.Meta(min_length=1, max_length=64 * 1024)] | dict[str, Any]
Repairs = Annotated[int, msgspec.Meta(ge=0, le=5)]
MAX_CONFIRMED = 1000  # characters of a question that is confirmed
Mode = Literal["auto", "model"]
Schema = str | dict[str, Any]  # DDL, {"tables": […]} or {"source": name}


class BuildIR(msgspec.Struct, forbid_unknown_fields=True):
    """A question about a schema. `model` is a model's ID; without it the default answers.

    With `fallback` other models may answer instead of the one that it names. With an `ir` the
    question says what to change in that query expression: "only 2024". `mode: model` asks a model
    although someone confirmed a query for the question.
    """

    question: Question
    ir: dict[str, Any] | None = None
    schema: Schema | None = None
    dialect: str | None = None
    model: ID | None = None
    fallback: bool = False
    mode: Mode = "auto"
    repairs: Repairs | None = None


class Compare(msgspec.Struct, forbid_unknown_fields=True):
    """Two queries about a schema, each SQL of `dialect` or a query expression."""

    one: Query
    other: Query
    schema: Schema | None = None
    dialect: str | None = None


class WriteSQL(msgspec.Struct, forbid_unknown_fields=True):
    """A question, a query expression, or both. `mode: compile` asks no model.

    `written_by` is the ID of the model that wrote `ir`, as that answer's `resolution` has it: only
    then can the answer's basis be that two models wrote the same query.
    """

    question: Question | None = None
    ir: dict[str, Any] | None = None
    schema: Schema | None = None
    dialect: str | None = None
    model: ID | None = None
    fallback: bool = False
    mode: Literal["auto", "model", "compile"] = "auto"
    repairs: Repairs | None = None
    written_by: ID | None = None


class Confirm(msgspec.Struct, forbid_unknown_fields=True):
    """A question with its query, `ir` or `sql`, about a source or the caller's saved tables."""

    question: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CONFIRMED)]
    schema: Schema
    dialect: str | None = None
    ir: dict[str, Any] | None = None
    sql: str | None = None


class ListConfirmed(msgspec.Struct, forbid_unknown_fields=True):
    """What the confirmed questions are about, as in other requests. `ended` adds earlier ones."""

    schema: Schema
    dialect: str | None = None
    ended: bool = False


class Withdraw(msgspec.Struct, forbid_unknown_fields=True):
    """A confirmed question, by its ID, of what it is about."""

    id: int
    schema: Schema
    dialect: str | None = None
