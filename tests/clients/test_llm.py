from __future__ import annotations

from pathlib import Path

import llm
import pytest
from llm.default_plugins.openai_models import Chat
from pydantic import BaseModel


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@pytest.fixture
def model(
    provider: str, url: str, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Chat:
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    chat = Chat(
        "portal",
        model_name=f"{provider}:talker",
        api_base=url,
        supports_schema=True,
        supports_tools=True,
    )
    chat.key = token
    return chat


def test_chat_and_stream(model: Chat) -> None:
    assert model.prompt("Hi", stream=False).text() == "Hello there."
    assert "".join(model.prompt("Hi")) == "Hello there."


def test_output_is_structured(model: Chat) -> None:
    text = model.prompt("A trip", schema=Trip, stream=False).text()
    assert Trip.model_validate_json(text) == Trip(city="Bonn", days=3)


def test_a_tool_is_called_and_its_result_goes_back(model: Chat) -> None:
    def weather(city: str) -> str:
        """Return the weather of a city."""
        return f"sunny in {city}"

    answer = model.chain("How is the weather?", tools=[llm.Tool.function(weather)], stream=False)
    assert answer.text().endswith("Hello there.")
