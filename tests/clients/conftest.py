"""
Real clients of OpenAI's, Anthropic's and Ollama's APIs, in their default modes, through a portal: `make test-clients`.

They run in an environment of their own, without the portal: see scripts/with_portal.py.
"""

from __future__ import annotations

import os

import pytest

URL = os.environ["PORTAL_URL"] + "/v1"
TOKEN = os.environ["PORTAL_TOKEN"]
os.environ |= {
    "OPENAI_BASE_URL": URL,
    "OPENAI_API_KEY": TOKEN,
    "ANTHROPIC_API_KEY": TOKEN,
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}


@pytest.fixture(params=["oai", "oll"])
def provider(request: pytest.FixtureRequest) -> str:
    """The provider's name: one in OpenAI's format, one in Ollama's."""
    return str(request.param)


@pytest.fixture
def url() -> str:
    return URL


@pytest.fixture
def token() -> str:
    return TOKEN
