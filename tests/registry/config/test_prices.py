"""Prices of models: what the file says, what a call costs, and each mistake with its place."""

from __future__ import annotations

from datetime import date

import pytest

from registry.config.price import on_day
from registry.metering import price as metered
from registry.metering.tokens import Tokens, tokens_of
from tests.registry.config.loading import load, problems

FILE = """models:
  openai:
    endpoint: https://x/v1
    registry:
      a:
        capabilities: [chat]
        price: {}
"""


def parts(text: str, day: str = "2026-12-24") -> metered.Price | None:
    """The price that is valid on a day."""
    ref = load(FILE.replace("{}", text)).models.providers["openai"].registry["a"]
    price = on_day(ref.price, date.fromisoformat(day))
    return price.parts if price else None


def cost(text: str, tokens: Tokens, images: int = 0) -> float:
    price = parts(text)
    assert price is not None
    return metered.cost(price, tokens, images) / metered.PER_UNIT


def test_a_price_of_input_and_output() -> None:
    assert cost("{input: 2.5, output: 10}", Tokens(1_000_000, 100_000)) == 3.5


def test_what_the_cache_had_and_the_reasoning_have_their_own_price() -> None:
    price = "{input: 2, cached: 0.5, cache_write: 2.5, output: 8, reasoning: 4}"
    used = Tokens(input=1000, output=200, cached=600, written=100, reasoning=50)
    expected = (300 * 2 + 600 * 0.5 + 100 * 2.5 + 150 * 8 + 50 * 4) / 1e6
    assert cost(price, used) == pytest.approx(expected, rel=1e-12)


def test_without_their_own_price_they_cost_what_the_others_do() -> None:
    used = Tokens(input=1000, output=200, cached=600, written=100, reasoning=50)
    assert cost("{input: 2, output: 8}", used) == pytest.approx(3.6e-3, rel=1e-12)


def test_images_and_calls_have_prices() -> None:
    assert cost("{image: 0.04, call: 0.01}", Tokens(), images=3) == pytest.approx(0.13)


def test_costs_are_exact() -> None:
    price = parts("{input: 0.000001, output: 0.1}")
    assert price is not None
    assert metered.cost(price, Tokens(1, 3)) == 1 + 3 * 100_000


def test_a_price_changes_on_its_day() -> None:
    prices = "[{input: 1, output: 2}, {input: 3, output: 4, from: 2026-12-24}]"
    before, after = parts(prices, "2026-12-23"), parts(prices, "2026-12-24")
    assert before is not None
    assert after is not None
    assert (before.input, after.input) == (1_000_000, 3_000_000)
    assert parts("[{input: 1, output: 2, from: 2027-01-01}]") is None


MISTAKES = {
    "{input: 1}": "7:9  Write `input` and `output`",
    "{currency: EUR}": "7:9  Write `input` and `output`",
    "{input: 1, output: -2}": "7:35  This must be at least 0.",
    "{inputt: 1, output: 2}": "7:17  'inputt' is not a key here. Did you mean 'input'?",
    "{input: 1, output: 2, currency: Euro}": "7:48  This must match",
    "{input: 1, output: 2, from: Monday}": "Write a day: 2026-12-24.",
    "{input: 1, output: 2, from: 2026-2-30}": "Write a day: 2026-12-24.",
    "[{input: 1, output: 2}, {input: 1, output: 2}]": "Only the first price may be without `from`",
    "[{input: 1, output: 2, from: 2026-12-24}, {input: 1, output: 2, from: 2026-12-01}]":
        "Write the prices in the order of their days.",
    "[{input: 1, output: 2, currency: EUR}, {input: 1, output: 2, from: 2026-12-01}]":
        "All prices of a model must have one currency.",
    "[{input: 1, output: x}]": "7:36  This must be a number.",
    "[]": "This list must not be empty.",
    "5": "This must be a mapping",
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_place(text: str) -> None:
    (problem,) = problems(FILE.replace("{}", text))
    assert MISTAKES[text] in problem


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 2}, Tokens(5, 2)),
        ({"prompt_tokens": 5}, Tokens(5, 0)),
        ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 3}, Tokens(5, 0, cached=3)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}, Tokens(5, 0, cached=5)),
        ({"prompt_tokens": 5, "prompt_tokens_details": None}, Tokens(5, 0)),
        # No token is both read from a cache and written to it.
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 4}},
         Tokens(5, 0, cached=3, written=2)),
        # xAI's completion leaves the reasoning out, which its total has.
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
          "completion_tokens_details": {"reasoning_tokens": 94}}, Tokens(32, 103, reasoning=94)),
        ({"prompt_tokens": 32, "completion_tokens": 103, "total_tokens": 135,
          "completion_tokens_details": {"reasoning_tokens": 94}}, Tokens(32, 103, reasoning=94)),
        ({}, None), (None, None), ({"prompt_tokens": None}, None), ({"prompt_tokens": -1}, None),
        ({"prompt_tokens": 10**15, "completion_tokens": 10**12}, None),  # no call has so many
    ],
)  # fmt: skip
def test_counts_as_providers_send_them(usage: object, tokens: Tokens | None) -> None:
    assert tokens_of(usage) == tokens
