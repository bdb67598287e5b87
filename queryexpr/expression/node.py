"""The base of the classes of a query expression."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

Name = Annotated[str, Field(min_length=1, max_length=128)]
Count = Annotated[StrictInt, Field(ge=0, lt=2**63)]


class Node(BaseModel):
    """A part of a query. Nodes never change: passes return new ones."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True,
        hide_input_in_errors=True, allow_inf_nan=False,
    )  # fmt: skip
