"""Which lines of models.yaml a receipt shows."""

from __future__ import annotations

import pytest

from registry.config.deciding import Choice, decided, deciding
from registry.config.redact import UNSHOWN

TEXT = """\
models:
  defaults: {chat: "a:x", sql: "a:x"}
  fallbacks:
    chat: ["b:y"]
  a:
    endpoint: http://a
    api_key: ***
    local: true
    registry:
      x:
        capabilities: [chat]
        system: Be brief.
        price:
          input: 1
          output: 2

      z: {capabilities: [chat]}
  b:
    endpoint: http://b
    registry: {y: {capabilities: [chat]}}
"""


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        (Choice("chat", "a:x", "", "default"), [2, 5, 8, 10, 11, 13, 14, 15]),
        (Choice("chat", "a:x", "", "request"), [5, 8, 10, 11, 13, 14, 15]),
        (Choice("chat", "b:y", "a:z", "fallback"), [4, 5, 8, 17, 18, 20]),
        (Choice("chat", "b:unlisted", "", "request"), [18]),
        (Choice("chat", "c:gone", "", "default"), [2]),
    ],
)
def test_the_lines_that_decided(choice: Choice, numbers: list[int]) -> None:
    lines = TEXT.split("\n")
    assert deciding(TEXT, choice) == [(number, lines[number - 1]) for number in numbers]


@pytest.mark.parametrize("text", [UNSHOWN, "", "models: [", "models: 1"])
def test_a_text_that_cannot_be_read_has_none(text: str) -> None:
    assert deciding(text, Choice("chat", "a:x", "", "default")) == []


CLOSED = """\
models:
  defaults: {chat: "a:x"}
  fallbacks: {chat: ["a:secret", "b:y"]}  # ask Bob
  a:  # contract 4711
    endpoint: http://a
    registry:
      x: {capabilities: [chat], allow: [board], fallback: ["a:secret", "b:y"], price: {input: 1, output: 2}}
      secret: {capabilities: [chat], allow: [board]}
  b: {endpoint: http://b, registry: {y: {capabilities: [chat]}}}
"""


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice("chat", "a:x", "", "default"),
         ['models.a', 'models.a.registry.x', 'models.a.registry.x.capabilities: ["chat"]',
          'models.a.registry.x.price: {"input": 1, "output": 2}',
          'models.defaults.chat: "a:x"']),
        (Choice("chat", "b:y", "a:x", "fallback"),
         ['models.a', 'models.a.registry.x', 'models.a.registry.x.capabilities: ["chat"]',
          'models.a.registry.x.fallback: ["b:y"]',
          'models.a.registry.x.price: {"input": 1, "output": 2}',
          'models.b', 'models.b.registry.y', 'models.b.registry.y.capabilities: ["chat"]', 'models.fallbacks.chat: ["b:y"]']),
    ],
)  # fmt: skip
def test_what_was_decided_names_no_other_model_and_no_group(
    choice: Choice, said: list[str]
) -> None:
    assert sorted(line.text for line in decided(CLOSED, choice)) == said


@pytest.mark.parametrize("text", [UNSHOWN, "", "models: [", "models: 1"])
def test_a_text_that_cannot_be_read_says_nothing(text: str) -> None:
    assert decided(text, Choice("chat", "a:x", "", "default")) == []
