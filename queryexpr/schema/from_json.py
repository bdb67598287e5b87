"""A schema as JSON → catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue, Column, ForeignKey, Table
from queryexpr.schema.checks import MAX_ISSUES, MAX_NAME_LENGTH, check_counts, checked, fault
from queryexpr.shapes import misfit, pointer_to


def _fit(name: str) -> str:
    if wrong := fault(name):
        raise ValueError(wrong)
    return name


Name = Annotated[str, AfterValidator(_fit)]
QualifiedName = Annotated[str, Field(min_length=1, max_length=3 * MAX_NAME_LENGTH + 2)]
Comment = Annotated[str, Field(max_length=2_000)]
UniqueKey = Annotated[list[Name], Field(min_length=1, max_length=32)]
Values = list[Annotated[str, Field(max_length=200)]]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True, frozen=True)


class JsonColumn(_Part):
    """A column. One of the primary key is never null, whatever `nullable` says.

    `values` are the only ones that a CHECK or an ENUM allows, if there is one; `examples` are some
    that rows have.
    """

    name: Name
    type: Annotated[str, Field(max_length=200)] = ""
    nullable: bool = True
    primary_key: bool = False
    comment: Comment = ""
    values: Values = Field(default=[], max_length=100)
    examples: Values = Field(default=[], max_length=100)


class JsonForeignKey(_Part):
    """A foreign key; without `references` it is the other table's primary key."""

    columns: list[Name] = Field(min_length=1, max_length=32)
    table: QualifiedName
    references: list[Name] = Field(default=[], max_length=32)


class JsonTable(_Part):
    """A table or a view. `unique_keys` are those besides its primary key."""

    name: Name
    in_schema: Name | None = Field(default=None, alias="schema")
    database: Name | None = None
    comment: Comment = ""
    columns: list[JsonColumn] = Field(min_length=1)
    foreign_keys: list[JsonForeignKey] = Field(default=[], max_length=1_000)
    unique_keys: list[UniqueKey] = Field(default=[], max_length=100)


class JsonSchema(_Part):
    """The tables that questions are about."""

    tables: list[JsonTable]


def read_tables(value: object) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the catalogue that `value`, a JSON document in JsonSchema's form, describes.

    Issues have JSON Pointers. Raises Refused if it has another form, no table, or too many.
    """
    check_counts(value)
    try:
        schema = JsonSchema.model_validate(value)
    except ValidationError as error:
        raise Refused(*_misfits(error)) from None
    return checked(
        [_table(table) for table in schema.tables], lambda path: {"pointer": pointer_to(path)}
    )


def _misfits(error: ValidationError) -> Iterator[Issue]:
    for mistake in error.errors(include_url=False, include_input=False)[:MAX_ISSUES]:
        yield Issue("schema", misfit(mistake), pointer=pointer_to(mistake["loc"]))


def _table(table: JsonTable) -> Table:
    columns = tuple(
        Column(
            c.name,
            " ".join(c.type.upper().split()),
            c.nullable,
            c.primary_key,
            c.comment,
            _has_capitals(c.name),
            tuple(c.values),
            tuple(c.examples),
        )
        for c in table.columns
    )
    keys = tuple(
        ForeignKey(tuple(key.columns), key.table, tuple(key.references))
        for key in table.foreign_keys
    )
    quoted = _has_capitals(table.name)
    return Table(
        table.name,
        columns,
        keys,
        table.in_schema or "",
        table.comment,
        quoted,
        table.database or "",
        tuple(map(tuple, table.unique_keys)),
    )


def _has_capitals(name: str) -> bool:
    """Must the name be quoted where names are folded? JSON has names as the database has them."""
    return name != name.lower()
