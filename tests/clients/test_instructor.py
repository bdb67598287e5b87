from __future__ import annotations

import instructor
import openai
import pytest
from pydantic import BaseModel


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@pytest.mark.parametrize("mode", ["TOOLS", "JSON", "JSON_SCHEMA"])
def test_output_is_structured(provider: str, mode: str) -> None:
    client = instructor.from_openai(openai.OpenAI(max_retries=0), mode=instructor.Mode[mode])
    trip = client.chat.completions.create(
        model=f"{provider}:talker", response_model=Trip, max_retries=1,
        messages=[{"role": "user", "content": "A trip to Bonn."}],
    )  # fmt: skip
    assert trip.model_dump() == {"city": "Bonn", "days": 3}  # of a class derived from Trip
