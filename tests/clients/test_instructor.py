from __future__ import annotations

import os

import anthropic
import instructor
import openai
import pytest
from pydantic import BaseModel


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@pytest.mark.parametrize("mode", ["TOOLS", "JSON", "JSON_SCHEMA", "RESPONSES_TOOLS"])
def test_output_is_structured(provider: str, mode: str) -> None:
    client = instructor.from_openai(openai.OpenAI(max_retries=0), mode=instructor.Mode[mode])
    trip = client.chat.completions.create(
        model=f"{provider}:talker", response_model=Trip, max_retries=1,
        messages=[{"role": "user", "content": "A trip to Bonn."}],
    )  # fmt: skip
    assert trip.model_dump() == {"city": "Bonn", "days": 3}  # of a class derived from Trip


@pytest.mark.parametrize("mode", ["ANTHROPIC_TOOLS", "ANTHROPIC_REASONING_TOOLS"])
def test_output_is_structured_by_anthropics_api(provider: str, token: str, mode: str) -> None:
    own = anthropic.Anthropic(base_url=os.environ["PORTAL_URL"], api_key=token)
    client = instructor.from_anthropic(own, mode=instructor.Mode[mode])
    trip = client.chat.completions.create(
        model=f"{provider}:talker", response_model=Trip, max_retries=1, max_tokens=2048,
        messages=[{"role": "user", "content": "A trip to Bonn."}],
    )  # fmt: skip
    assert trip.model_dump() == {"city": "Bonn", "days": 3}
