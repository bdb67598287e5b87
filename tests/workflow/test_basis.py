"""Which models count as one, however a file lists them."""

from __future__ import annotations

import pytest

from registry import snapshot
from registry.config.load import load_config
from registry.snapshot import Registry
from workflow.basis import basis_of

TEXT = """
models:
  near:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    serve: {package: p, file: f}
    registry: {a: {capabilities: [chat]}, b: {capabilities: [sql]}}
  pond:
    api: ollama
    host: localhost
    registry: {coder: {capabilities: [sql]}, frog: {capabilities: [chat]}}
  far:
    api: openai
    endpoint: https://example.org/v1
    registry: {"Maker/Coder:latest": {capabilities: [chat]}, "coder:7b": {capabilities: [chat]}}
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return snapshot.build(load_config(TEXT.encode(), {}))


@pytest.mark.parametrize(
    ("chat", "sql", "basis"),
    [
        ("pond:frog", "pond:coder", "compared"),
        ("far:coder:7b", "pond:coder", "compared"),
        ("far:Maker/Coder:latest", "pond:coder", "single"),
        ("near:a", "near:b", "single"),  # a server of one file answers to any name
        ("near:a", "pond:coder", "compared"),
    ],
)
def test_one_model_in_two_places_is_one(
    registry: Registry, chat: str, sql: str, basis: str
) -> None:
    first, second = registry.resolve("chat", chat), registry.resolve("sql", sql)
    assert basis_of(second, first) == basis
