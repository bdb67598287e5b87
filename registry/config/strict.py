"""What the schema's classes have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    # hide_input: otherwise pydantic quotes the invalid value, which may be a key.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)
