"""A portal with budgets, whose provider counts 100 tokens for each answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browser import browser, expected, page
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import completion, http
from tests.support.servers.cluster import pair, redis

__all__ = ["browser", "expected", "page", "pair", "redis"]
MODELS = """
models:
  defaults: {{chat: "fake:talker", embeddings: "fake:embedder"}}
  fake:
    api: openai
    endpoint: http://127.0.0.1:${{FAKE_PORT}}/v1
    registry:
      talker: {{capabilities: [chat], price: {{currency: EUR, input: 10, output: 100}}}}
      embedder: {{capabilities: [embeddings], price: {{currency: EUR, input: 1, output: 1}}}}
      unpriced: {{capabilities: [chat]}}
      writer: {{capabilities: [sql], price: {{currency: EUR, input: 1, output: 1}}}}
      painter: {{capabilities: [image_generation], price: {{currency: EUR, image: 0.04}}}}
      free: {{capabilities: [chat], price: {{currency: EUR, input: 0, output: 0}}}}
budgets:
{budgets}
"""
USAGE = {"prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100}
ANSWER = http(200, completion("Hello", usage=USAGE))
DAILY = "  daily: {{per: day, each: person, tokens: {most}}}"
Start = Callable[..., Portal]


@pytest.fixture
def start(own_portal: Portal, fake: FakeProvider) -> Start:
    """Start a portal with these budgets, whose provider counts 100 tokens for an answer."""

    def start(
        budgets: str, portal: Portal = own_portal, *, answers: int = 60, **variables: str
    ) -> Portal:
        portal.models.write_text(MODELS.format(budgets=budgets))
        portal.variables |= variables
        for _ in range(answers):
            fake.script(ANSWER, KEEP)
        portal.start()
        return portal

    return start
