"""The page of comparisons, in a real browser."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, http, openai_stream

pytestmark = needs_chromium
END = event(chunk(finish="stop")) + b"data: [DONE]\n\n"


@pytest.fixture
def compare(page: Page, portal: Portal, fake: FakeProvider) -> Page:
    sign_in(page, portal)
    page.goto(f"{portal.url}/compare")
    return page


def column(page: Page, letter: str) -> Locator:
    return page.locator(f'.column[data-letter="{letter}"]')


def choose(page: Page, **models: str) -> None:
    for letter, model in models.items():
        page.locator(f"select#model-{letter}").select_option(model, force=True)


def ask(page: Page, text: str = "What is a ship?") -> None:
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Enter")


def answers(page: Page) -> Locator:
    return page.locator(".column article .body")


def test_two_models_answer_together_and_one_is_kept(compare: Page, fake: FakeProvider) -> None:
    gates = threading.Event(), threading.Event()
    for gate, word in zip(gates, ("One", "Two"), strict=True):
        fake.script(SSE_HEAD + event(chunk(f"{word} ")), gate, event(chunk("more")) + END)
    choose(compare, A="fake:talker", B="fake:other/name:v2")
    ask(compare)
    expect(answers(compare).nth(0)).to_have_text(re.compile("(One|Two)"))
    expect(answers(compare).nth(1)).to_have_text(re.compile("(One|Two)"))
    shot(compare, "compare-running")
    for gate in gates:
        gate.set()
    expect(compare.get_by_role("button", name="Keep this answer")).to_have_count(2)
    expect(column(compare, "A")).to_contain_text("First word")
    expect(column(compare, "A").get_by_role("heading")).to_have_text("The talker")
    assert flaws(compare) == []
    shot(compare, "compare-ended")
    kept = answers(compare).nth(1).inner_text()
    column(compare, "B").get_by_role("button", name="Keep this answer").click()
    compare.wait_for_url("**/chat/*")
    expect(compare.locator("#messages > .assistant .body")).to_have_text(kept)
    expect(compare.locator(".versions")).to_contain_text("2/2")


def test_hidden_names_are_shown_after_the_vote(compare: Page, fake: FakeProvider) -> None:
    choose(compare, A="fake:talker", B="pond:frog")
    compare.get_by_label("Hide which model answers").check()
    ask(compare)
    expect(compare.get_by_role("button", name="Keep this answer")).to_have_count(2)
    expect(column(compare, "A").get_by_role("heading")).to_have_text("Answer A")
    assert compare.url.endswith("?blind=AB")
    shown = compare.locator("main").inner_text()
    assert "frog" not in shown
    assert "talker" not in shown
    shot(compare, "compare-blind")
    compare.reload()
    expect(column(compare, "B").get_by_role("heading")).to_have_text("Answer B")
    column(compare, "A").get_by_role("button", name="Keep this answer").click()
    expect(compare.get_by_role("link", name="Go on with this conversation")).to_be_focused()
    names = compare.locator(".column h2").all_inner_texts()
    assert sorted(name.removesuffix(" (kept)") for name in names) == ["The talker", "frog"]
    shot(compare, "compare-revealed")
    assert flaws(compare) == []


def test_a_model_that_does_not_answer_leaves_the_others(
    compare: Page, fake: FakeProvider, expected: list[str]
) -> None:
    choose(compare, A="closed:gone", B="fake:talker")
    ask(compare)
    expect(column(compare, "B").get_by_role("button", name="Keep this answer")).to_be_visible()
    expect(column(compare, "A").locator(".note")).to_contain_text("gone")
    expect(column(compare, "A").get_by_role("button", name="Keep this answer")).to_have_count(0)


def test_a_hidden_model_that_fails_is_not_named(compare: Page, fake: FakeProvider) -> None:
    choose(compare, A="closed:gone", B="fake:talker")
    compare.get_by_label("Hide which model answers").check()
    ask(compare)
    expect(compare.get_by_role("button", name="Keep this answer")).to_have_count(1)
    expect(compare.locator(".column .note:visible")).to_have_text(
        "This answer failed, or broke off."
    )
    shown = compare.locator("main").inner_text()
    assert not any(name in shown for name in ("gone", "talker", "closed"))


def test_after_all_were_refused_the_question_is_asked_once(
    compare: Page, fake: FakeProvider
) -> None:
    choose(compare, A="fake:talker", B="fake:other/name:v2")
    compare.evaluate("document.getElementById('question').value = 'a\\0b'")
    compare.get_by_label("Your question").press("Enter")
    expect(compare.get_by_role("alert")).to_contain_text("NUL")
    assert fake.posts == []
    ask(compare)
    expect(compare.get_by_role("button", name="Keep this answer")).to_have_count(2)
    assert len(fake.posts) == 2


def test_the_answers_go_on_while_the_page_is_loaded_again(
    compare: Page, fake: FakeProvider
) -> None:
    gate = threading.Event()
    for _ in range(2):
        fake.script(SSE_HEAD + event(chunk("Half ")), gate, event(chunk("and half")) + END)
    choose(compare, A="fake:talker", B="fake:other/name:v2")
    ask(compare)
    expect(answers(compare).nth(1)).to_have_text("Half")
    compare.reload()
    expect(answers(compare).nth(1)).to_have_text("Half")
    gate.set()
    expect(answers(compare).nth(0)).to_have_text("Half and half")
    expect(compare.get_by_role("button", name="Keep this answer")).to_have_count(2)


def test_a_third_model_and_stop(compare: Page, fake: FakeProvider) -> None:
    compare.get_by_role("button", name="Add a third model").click()
    choose(compare, A="fake:talker", B="fake:other/name:v2", C="pond:frog")
    for _ in range(3):
        fake.script(SSE_HEAD + event(chunk("Half ")), threading.Event())
    ask(compare)
    compare.get_by_role("button", name="Stop").click()
    expect(compare.get_by_role("button", name="Stop")).to_be_hidden()
    expect(compare.locator(".column .note", has_text="Stopped by you")).not_to_have_count(0)


def test_the_same_model_twice_is_refused(compare: Page, fake: FakeProvider) -> None:
    choose(compare, A="fake:talker", B="fake:talker")
    ask(compare)
    expect(compare.get_by_role("alert")).to_have_text("Choose different models.")
    expect(compare.get_by_label("Your question")).to_have_value("What is a ship?")
    assert flaws(compare) == []
    shot(compare, "compare-refused")


def test_it_fits_a_phone(compare: Page, fake: FakeProvider) -> None:
    compare.set_viewport_size({"width": 320, "height": 700})
    for _ in range(2):
        fake.script(http(200, openai_stream("A large boat, that floats."), "text/event-stream"))
    choose(compare, A="fake:talker", B="fake:other/name:v2")
    ask(compare)
    expect(compare.get_by_role("button", name="Keep this answer")).to_have_count(2)
    assert compare.evaluate("document.documentElement.scrollWidth") <= 320
    shot(compare, "compare-phone")
