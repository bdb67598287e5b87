"""Files with random damage: each is rejected with its mistakes, or loaded. None crashes."""

from __future__ import annotations

import random
import re

import pytest

from core.errors import ConfigError
from registry import snapshot
from registry.config.load import load_config
from tests.support.paths import ROOT

FILES = [(ROOT / "models.yaml").read_text(), (ROOT / "tests/data/portal.yaml").read_text(),
         """models:
  chat_primary: openai
  sql_primary: sqlcoder
  capabilities: [vision]
  openai: {api_key: "${K}", endpoint: "https://x/v1", chat_model: gpt, headers: {A: b}}
  ollama:
    host: "localhost"
    llama3_model: "llama3:latest"
    registry: {a: {capabilities: [chat], price: {input: 1, output: 2}, options: {a: [1]}}}
"""]  # fmt: skip
WORDS = ["null", "~", "[]", "{}", "5", "1.5", "true", "''", "[chat]", "{a: b}", "${K}", "${", "api",
         "openai:a", "defaults", "capabilities", "registry", "serve", "price", "models", "ollama",
         "\n", "  ", ":", "- ", "#", "&a", "*a", "!!x", "|", "'", '"', "\t", "_primary", "_model",
         "a_model: x", "chat_primary: y", "\u200b", "\0", "é", "x" * 50]  # fmt: skip


def damage(text: str, rng: random.Random) -> str:
    """Return `text` with a word inserted or replaced, or a line removed or indented differently."""
    lines = text.split("\n")
    number = rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        position = rng.randrange(len(text) + 1)
        return text[:position] + rng.choice(WORDS) + text[position:]
    if kind == 1:
        spans = [match.span() for match in re.finditer(r"[\w:.${}/\"-]+", text)] or [(0, 0)]
        begin, end = rng.choice(spans)
        return text[:begin] + rng.choice(WORDS) + text[end:]
    changed = [] if kind == 2 else [" " * rng.choice([0, 2, 4, 6]) + lines[number].lstrip()]
    return "\n".join([*lines[:number], *changed, *lines[number + 1 :]])


def mistakes(text: str) -> int:
    """Return the number of mistakes reported in `text`: 0 if it is loaded, -1 if none is named."""
    try:
        snapshot.build(load_config(text.encode(), {"K": "v"}))
    except ConfigError as error:
        return len(error.problems) or -1
    return 0


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_rejected_with_its_mistakes_or_loaded(seed: int) -> None:
    rng = random.Random(seed)
    counts = []
    for _ in range(500):
        text = rng.choice(FILES)
        for _ in range(rng.randint(1, 4)):
            text = damage(text, rng)
        counts.append(mistakes(text))
    assert min(counts) == 0, "a file is rejected without a message"
    assert max(counts) > 1
