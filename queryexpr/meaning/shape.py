"""The form of meanings as JSON, beside the tables of a schema."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from queryexpr.schema.meanings import Relationship

MAX_TEXT = 4_000  # characters of SQL in one definition
MAX_DEFINITIONS = 300  # of each kind: each takes a few milliseconds to read
Name = Annotated[str, Field(min_length=1, max_length=128)]
Expression = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)] | dict[str, Any]
Place = Annotated[str, Field(max_length=300)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True, frozen=True)


class JsonMeasure(_Part):
    """An aggregate, as SQL or as a value of a query expression; `filter` is of its rows."""

    expr: Expression
    filter: Expression | None = None
    place: Place = ""


class JsonDimension(_Part):
    """A value of one row."""

    expr: Expression
    place: Place = ""


class JsonJoin(_Part):
    """How two tables are joined: `on` compares their columns with `=`."""

    left: Name
    right: Name
    on: Expression
    relationship: Relationship
    place: Place = ""


class JsonMeanings(_Part):
    """Measures, dimensions and joins. `dialect` is that of their SQL."""

    dialect: str
    measures: dict[Name, JsonMeasure] = Field(default={}, max_length=MAX_DEFINITIONS)
    dimensions: dict[Name, JsonDimension] = Field(default={}, max_length=MAX_DEFINITIONS)
    joins: list[JsonJoin] = Field(default=[], max_length=MAX_DEFINITIONS)
    hides: bool = False
