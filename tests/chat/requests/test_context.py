"""Which messages of a conversation are sent to a model."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.context import Corrections, Turn, cut, estimate
from core.errors import PortalError

TURNS = [
    Turn("user", "a" * 30),
    Turn("assistant", "b" * 30),
    Turn("user", "c" * 30),
]  # 14 tokens each


def contents(turns: list[Turn], window: int | None, reserve: int = 0) -> list[str]:
    return [m["content"][0] for m in cut(turns, window, reserve).messages]


def test_without_a_window_nothing_is_cut() -> None:
    assert contents(TURNS, None) == ["a", "b", "c"]
    assert contents(TURNS, None, 10_000) == ["a", "b", "c"]


def test_the_oldest_messages_that_do_not_fit_are_dropped() -> None:
    assert contents(TURNS, 42) == ["a", "b", "c"]
    context = cut(TURNS, 41)
    # The answer would fit, but an answer is not sent without its question.
    assert [m["content"][0] for m in context.messages] == ["c"]
    assert (context.sent, context.dropped) == (1, 2)


def test_tokens_are_reserved_for_the_answer() -> None:
    assert contents(TURNS, 142, reserve=100) == ["a", "b", "c"]
    assert contents(TURNS, 141, reserve=100) == ["c"]


def test_system_messages_stay() -> None:
    turns = [Turn("system", "s" * 30), *TURNS]
    assert contents(turns, 30) == ["s", "c"]


def test_a_question_that_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(PortalError) as caught:
        cut(TURNS, 13, 0, 1)
    assert caught.value.code == "context_length_exceeded"
    assert "about 14 tokens" in caught.value.message


def test_without_a_report_only_a_certainly_too_long_question_is_refused() -> None:
    assert contents(TURNS, 8) == ["c"]
    with pytest.raises(PortalError):
        cut(TURNS, 6)


def test_neighbours_of_one_role_are_joined() -> None:
    said = [("user", "One?"), ("user", "Two?"), ("assistant", "2"), ("user", "Three?")]
    turns = [Turn(*turn) for turn in said]
    assert cut(turns, None).messages == [
        {"role": "user", "content": "One?\n\nTwo?"},
        {"role": "assistant", "content": "2"},
        {"role": "user", "content": "Three?"},
    ]


def test_the_estimate_learns_from_what_models_report() -> None:
    corrections = Corrections()
    assert corrections.of("a:b") is None
    corrections.learn("a:b", 1000, 1500)
    assert corrections.of("a:b") == 1.5
    assert cut(TURNS, 42, 0, 1.5).dropped == 2
    for invalid in (0, -5, True, None, "7"):
        corrections.learn("a:b", 1000, invalid)
    corrections.learn("a:b", 5, 20)  # too short: most of it is the model's template
    assert corrections.of("a:b") == 1.5
    corrections.learn("a:b", 1000, 10**9)
    assert corrections.of("a:b") == 2


ROLES = st.sampled_from(["user", "assistant"])


@given(st.lists(st.tuples(ROLES, st.text(min_size=1, max_size=200)), max_size=12), st.text(max_size=50),
       st.integers(20, 500), st.integers(0, 100))  # fmt: skip
def test_the_sent_messages_fit_and_end_with_the_question(
    before: list[tuple[str, str]], question: str, window: int, reserve: int
) -> None:
    turns = [*(Turn(*turn) for turn in before), Turn("user", question)]
    try:
        context = cut(turns, window, reserve, 1)
    except PortalError:
        assert estimate(question) > window - reserve
        return
    assert context.estimate <= window - reserve
    assert context.sent + context.dropped == len(turns)
    assert context.messages[0]["role"] == "user"
    assert context.messages[-1]["content"].endswith(question)
    roles = [message["role"] for message in context.messages]
    assert all(a != b for a, b in pairwise(roles))
