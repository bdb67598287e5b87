"""Several servers of a provider in models.yaml: how they are written, and each mistake."""

from __future__ import annotations

import pytest

from registry import diff, snapshot
from tests.registry.config.loading import load, problems, provider

TWO = 'endpoints: ["http://a/v1/", "http://b/v1"]'


def test_servers_share_key_and_headers() -> None:
    config = load(provider('endpoints: ["http://a/v1/", "http://${B}/v1"], api_key: "${K}"'),
                  B="b", K="sk-secret-1")  # fmt: skip
    endpoint = config.endpoints["openai"]
    assert endpoint.servers == ("http://a/v1", "http://b/v1")
    assert endpoint.base_url == "http://a/v1"
    servers = snapshot.build(config).providers["openai"].servers
    assert [server.server for server in servers] == ["a", "b"]
    assert {server.endpoint.headers["Authorization"] for server in servers} == {
        "Bearer sk-secret-1"
    }


def test_servers_of_ollama_are_hosts() -> None:
    text = "models:\n  ollama: {endpoints: [a, 'b:1'], registry: {m: {capabilities: [chat]}}}\n"
    assert load(text).endpoints["ollama"].servers == ("http://a:11434", "http://b:1")


def test_a_variable_that_is_not_set_leaves_the_provider_unconfigured() -> None:
    config = load(provider('endpoints: ["http://a/v1", "http://${B}/v1"]'))
    assert config.endpoints["openai"].missing == {"B": "not set"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (f"endpoint: http://c, {TWO}", "2:82  Write 'endpoint' for one server or 'endpoints' for several, not both."),
        ("endpoints: []", "'endpoint' is missing."),
        ('endpoints: ["http://a", "http://a/"]', "This server appears twice."),
        ('endpoints: ["http://a", ""]', "This must not be empty."),
        ('endpoints: ["http://a", "b"]', "This is not a URL"),
        ("endpoints: http://a", 'This must be a list: ["http://host:port/v1"].'),
        ('endpoint: ["http://a", "http://b"]', "Write several addresses as `endpoints: [...]`."),
        (f"{TWO}, host: c", "This wire format uses 'endpoint', not 'host'."),
        (f"{TWO}, serve: {{package: x, file: y}}", "`serve` runs one server."),
        (f"endpoints: {[f'http://a{n}' for n in range(17)]}", "At most 16 servers."),
        ('endpoint_urls: ["http://a"]', "Did you mean 'endpoints'?"),
        ('servers: ["http://a"]', "Did you mean 'endpoints'?"),
    ],
)  # fmt: skip
def test_mistakes_are_reported_with_their_place(fields: str, expected: str) -> None:
    found = problems(provider(fields))
    assert any(expected in line for line in found), found
    assert all("models.yaml:2:" in line for line in found[1:]), found


def test_a_route_in_an_address_is_reported_at_that_address() -> None:
    config = load(provider('endpoints: ["http://a/v1", "http://b/v1/chat/completions"]'))
    (warning,) = config.warnings
    assert "Write http://b/v1." in warning.message
    assert warning.column == 78


def test_a_diff_names_the_address() -> None:
    old, new = (snapshot.build(load(provider(text))) for text in ("endpoint: http://a/v1", TWO))
    (change,) = diff.changes(old, new)
    assert str(change.detail) == "its address"
