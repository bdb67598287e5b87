"""OpenAI's client for Python on the Responses API."""

from __future__ import annotations

import pytest
from openai import APIError, OpenAI, RateLimitError
from pydantic import BaseModel

TOOL = {"type": "function", "name": "weather", "strict": True, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
    "additionalProperties": False}}  # fmt: skip


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@pytest.fixture(params=["oai", "oll", "via:oai"])
def provider(request: pytest.FixtureRequest) -> str:
    """Two that are translated, and one whose server has the API itself."""
    return str(request.param)


@pytest.fixture
def client() -> OpenAI:
    return OpenAI(max_retries=0)


@pytest.fixture
def model(provider: str) -> str:
    return f"{provider}:talker"


def test_an_answer(client: OpenAI, model: str) -> None:
    response = client.responses.create(model=model, input="Hi", instructions="Be brief.")
    assert response.output_text == "Hello there."
    assert response.usage.total_tokens == 12


def test_a_stream(client: OpenAI, model: str) -> None:
    with client.responses.stream(model=model, input="Hi") as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        assert "".join(deltas) == stream.get_final_response().output_text == "Hello there."


def test_output_is_structured(client: OpenAI, model: str) -> None:
    response = client.responses.parse(model=model, input="A trip", text_format=Trip)
    assert response.output_parsed == Trip(city="Bonn", days=3)
    with client.responses.stream(model=model, input="A trip", text_format=Trip) as stream:
        assert stream.get_final_response().output_parsed == Trip(city="Bonn", days=3)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_its_result_goes_back(
    client: OpenAI, model: str, streamed: bool
) -> None:
    items = [{"role": "user", "content": "How is the weather?"}]
    asked = {"model": model, "tools": [TOOL]}
    if streamed:
        with client.responses.stream(input=items, **asked) as stream:
            response = stream.get_final_response()
    else:
        response = client.responses.create(input=items, **asked)
    call = response.output[0]
    assert (call.type, call.name, call.arguments.replace(" ", "")) == (
        "function_call", "weather", '{"city":"Bonn"}',
    )  # fmt: skip
    items += [item.model_dump(exclude={"parsed_arguments"}) for item in response.output]
    items.append({"type": "function_call_output", "call_id": call.call_id, "output": "sunny"})
    assert client.responses.create(input=items, **asked).output_text == "Hello there."


def test_a_stream_that_breaks_off_raises(client: OpenAI, provider: str) -> None:
    with pytest.raises(APIError, match="broke off"):
        list(client.responses.create(model=f"{provider}:broken", input="Hi", stream=True))


def test_a_limit_is_a_rate_limit(client: OpenAI, provider: str) -> None:
    with pytest.raises(RateLimitError, match="try again in 2s"):
        client.responses.create(model=f"{provider}:busy", input="Hi")
