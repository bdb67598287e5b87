"""Real weights: the same tests on llama.cpp's server and on the fake provider."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import pytest

from core.errors import PortalError
from registry import snapshot
from registry.config.load import load_config
from registry.entities import Provider
from registry.gateway.client import Client
from registry.health import health
from registry.providers.events import Chunk, Done
from registry.providers.http import connections
from registry.providers.http.fetch import fetch
from registry.providers.wire import Target
from registry.weights.places import verified
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal

pytestmark = pytest.mark.long

SHIPPED = (ROOT / "models.yaml").read_bytes()
HI = {"messages": [{"role": "user", "content": "Say hi"}], "temperature": 0, "max_tokens": 8}


@pytest.fixture(params=["llama.cpp", "fake"])
def provider(
    request: pytest.FixtureRequest, embedded: dict[str, str], fake: FakeProvider
) -> Provider:
    port = embedded["LOCAL_PORT"] if request.param == "llama.cpp" else str(fake.port)
    environ = {**embedded, "LOCAL_PORT": port}
    return snapshot.build(load_config(SHIPPED, environ)).providers["local"]


@pytest.fixture
async def client(provider: Provider) -> Any:
    yield Client(provider)
    await connections.close()


def target(provider: Provider, name: str = "any") -> Target:
    return Target(provider.name, name, provider.endpoint.base_url, provider.endpoint.headers)


async def test_a_whole_answer_has_text_and_usage(client: Any, provider: Provider) -> None:
    answer = await client.chat(target(provider), HI)
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"]["role"] == "assistant"
    assert answer["choices"][0]["message"]["content"].strip()
    assert answer["choices"][0]["finish_reason"] in ("stop", "length")
    assert answer["usage"]["total_tokens"] > answer["usage"]["completion_tokens"] > 0


async def test_a_streamed_answer_has_text_and_usage(client: Any, provider: Provider) -> None:
    events = [e async for batch in client.stream(target(provider), HI) for e in batch]
    chunks = [e for e in events if isinstance(e, Chunk)]
    assert isinstance(events[-1], Done)
    assert "".join(c.text for c in chunks).strip()
    assert [c.finish_reason for c in chunks if c.finish_reason] in (["stop"], ["length"])
    assert chunks[-1].usage_only
    assert chunks[-1].usage is not None
    assert chunks[-1].usage["completion_tokens"] > 0
    lines = b"".join(chunk.data for chunk in chunks).split(b"\n\n")[:-1]
    objects = {json.loads(event.removeprefix(b"data: "))["object"] for event in lines}
    assert objects == {"chat.completion.chunk"}


async def test_embeddings_have_one_length_and_finite_numbers(
    client: Any, provider: Provider
) -> None:
    embeddings = await client.embed(target(provider), {"input": ["a cat", "a kitten", "tax law"]})
    assert len(embeddings.vectors) == 3
    assert len({len(vector) for vector in embeddings.vectors}) == 1
    assert all(math.isfinite(number) for vector in embeddings.vectors for number in vector)
    assert embeddings.usage is not None


async def test_a_raw_completion_has_text(client: Any, provider: Provider) -> None:
    body = {"prompt": "1, 2, 3,", "max_tokens": 4, "temperature": 0}
    completion = await client.complete(target(provider), body)
    assert completion.text.strip()
    assert completion.finish_reason in ("stop", "length")


def test_a_probe_of_the_list_of_models_is_healthy(provider: Provider) -> None:
    assert health.probe(provider).status == "healthy"


# ── Real weights only ─────────────────────────────────────────────────────────


@pytest.fixture
def real(embedded: dict[str, str]) -> Provider:
    return snapshot.build(load_config(SHIPPED, embedded)).providers["local"]


async def test_similar_texts_have_similar_vectors(real: Provider) -> None:
    embeddings = await Client(real).embed(
        target(real), {"input": ["The cat sleeps.", "A kitten naps.", "Quarterly tax filings."]}
    )
    await connections.close()
    cat, kitten, tax = embeddings.vectors
    assert cosine(cat, kitten) > cosine(cat, tax)


def cosine(a: Any, b: Any) -> float:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return float(dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b)))


async def test_a_json_schema_binds_the_answer(real: Provider) -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    answer = await Client(real).chat(
        target(real), {**HI, "max_tokens": 30, "response_format": form}
    )
    await connections.close()
    assert isinstance(json.loads(answer["choices"][0]["message"]["content"])["age"], int)


async def test_a_request_that_is_too_long_has_its_own_error(real: Provider) -> None:
    messages = [{"role": "user", "content": "word " * 6000}]
    with pytest.raises(PortalError) as caught:
        await Client(real).chat(target(real), {**HI, "messages": messages})
    await connections.close()
    assert caught.value.code == "context_length_exceeded"


async def test_a_text_of_a_thousand_words_is_embedded(real: Provider) -> None:
    embeddings = await Client(real).embed(target(real), {"input": "word " * 1000})
    await connections.close()
    assert len(embeddings.vectors[0]) > 100


def test_a_wrong_key_is_refused_by_the_embedded_server(embedded: dict[str, str]) -> None:
    registry = snapshot.build(load_config(SHIPPED, {**embedded, "LOCAL_API_KEY": "wrong"}))
    assert health.probe(registry.providers["local"]).status == "auth_failed"


def test_the_embedded_servers_answers_contain_no_path(real: Provider) -> None:
    request = real.wire.models(target(real))
    answer = fetch(request, health.DEADLINES)
    assert b"/site-packages/" not in answer.data


# ── The portal as it is shipped ───────────────────────────────────────────────────────────────


def test_the_shipped_portal_reports_the_health_of_its_providers(shipped: Portal) -> None:
    for _ in range(50):
        health_of = shipped.get("/v1/ai/models/status").json()["health"]
        if all(state["status"] != "unknown" for state in health_of.values()):
            break
    assert {name: state["status"] for name, state in health_of.items()} == {
        "openai": "unconfigured", "ollama": "unreachable", "local": "healthy"}  # fmt: skip


def test_unlisted_models_of_the_embedded_server_are_refused(shipped: Portal) -> None:
    answer = shipped.chat(model="local:other")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")


def test_without_a_key_the_error_names_the_variable(shipped: Portal) -> None:
    answer = shipped.chat(model="openai:whatever")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "provider_unconfigured")
    assert error["resolution"]["registry"] is False
    assert "OPENAI_API_KEY is not set" in error["message"]


def test_switching_to_an_absent_ollama_returns_provider_unreachable(shipped: Portal) -> None:
    models = shipped.get("/v1/ai/models?capability=chat").json()["models"]
    ollama_model = next(m["id"] for m in models if m["provider"] == "ollama")
    default = shipped.get("/v1/ai/models").json()["defaults"]["chat"]

    def switch(model: str) -> Any:
        return shipped.post(
            "/v1/ai/models/primary", {"capability": "chat", "model": model}, who="olga"
        )

    assert switch(ollama_model).status_code == 200
    assert shipped.chat().json()["error"]["code"] == "provider_unreachable"
    assert switch(default).status_code == 200
    assert shipped.chat(max_tokens=3).status_code == 200


def test_the_model_file_is_found_without_importing_its_package() -> None:
    serve = load_config(SHIPPED, {}).models.providers["local"].serve
    assert serve is not None
    before = set(sys.modules)
    assert verified("local", serve).stat().st_size > 50_000_000
    assert str(serve.package).replace("-", "_") not in set(sys.modules) - before
