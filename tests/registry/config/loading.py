"""Loading models.yaml from text, for the tests of the file."""

from __future__ import annotations

import textwrap

import pytest

from core.errors import ConfigError
from registry.config.load import Config, load_config

KEY = {"OPENAI_API_KEY": "sk-secret-0123456789"}


GOOD = """
models:
  defaults: {chat: "openai:a"}
  openai:
    api_key: ${OPENAI_API_KEY}
    endpoint: https://api.example.org/v1/
    registry:
      a: {capabilities: [chat]}
"""


def load(text: str, **environ: str) -> Config:
    return load_config(textwrap.dedent(text).encode(), environ)


def problems(text: str | bytes, **environ: str) -> list[str]:
    """Load an invalid file, and return the messages, each with its place."""
    source = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
    with pytest.raises(ConfigError) as caught:
        load_config(source, environ)
    return str(caught.value).splitlines()


def model(fields: str) -> str:
    return f"models:\n  openai:\n    endpoint: http://x\n    registry:\n      a: {{{fields}}}\n"


def provider(fields: str) -> str:
    return f"models:\n  openai: {{registry: {{a: {{capabilities: [chat]}}}}, {fields}}}\n"
