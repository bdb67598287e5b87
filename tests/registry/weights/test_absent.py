"""A provider whose model is not fetched: not set up, until the file is there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from core.access import Access
from core.errors import PortalError
from registry.gateway.choice import choose
from registry.health.monitor import monitor
from registry.state.current import CurrentRegistry
from registry.weights.places import folder

FILE = f"""
models:
  defaults: {{chat: "coder:small"}}
  coder:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    serve:
      sources: [{{url: "https://model-files.invalid/x"}}]
      sha256: "{hashlib.sha256(b"weights").hexdigest()}"
      size: 7
    registry:
      small: {{capabilities: [chat]}}
  other:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    registry:
      large: {{capabilities: [chat]}}
"""


@pytest.fixture
def state(tmp_path: Path) -> CurrentRegistry:
    (tmp_path / "models.yaml").write_text(FILE)
    return CurrentRegistry()


def test_its_models_are_not_set_up_and_the_others_are(state: CurrentRegistry) -> None:
    registry = state.current
    with pytest.raises(PortalError) as caught:
        choose(registry, "chat", "", Access())
    assert caught.value.code == "provider_unconfigured"
    assert caught.value.message == (
        "coder is not set up: its model is not fetched: run `manage.py models fetch coder`."
    )
    assert monitor.last(registry.providers["coder"]).status == "unconfigured"
    assert choose(registry, "chat", "other:large", Access()).id == "other:large"


def test_they_are_set_up_once_it_is_fetched(state: CurrentRegistry) -> None:
    state.load()
    folder().mkdir(parents=True)
    digest = hashlib.sha256(b"weights").hexdigest()
    (folder() / f"{digest}.gguf").write_bytes(b"weights")
    assert state.lacks_other_files()
    assert choose(state.load(), "chat", "", Access()).id == "coder:small"
    assert not state.lacks_other_files()


def test_a_file_of_another_size_is_not_the_model(state: CurrentRegistry) -> None:
    folder().mkdir(parents=True)
    digest = hashlib.sha256(b"weights").hexdigest()
    (folder() / f"{digest}.gguf").write_bytes(b"weight")
    assert not state.current.providers["coder"].configured
