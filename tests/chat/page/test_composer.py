"""The question box and the dropdown of models, in a real browser."""

from __future__ import annotations

import threading
from typing import Any

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import (
    ANSWER,
    HALF,
    answers,
    ask,
    ask_and_wait,
    box,
    send,
    status,
)
from tests.support.browser import needs_chromium, shot, sign_in, sign_out
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, http, openai_stream
from tests.support.servers.cluster import until

pytestmark = needs_chromium


# ── The box ─────────────────────────────────────────────────────────────────────────────────


def test_shift_enter_breaks_and_input_methods_keep_their_enter(
    chat: Page, fake: FakeProvider
) -> None:
    box(chat).fill("One")
    box(chat).press("Shift+Enter")
    box(chat).type("two")
    expect(box(chat)).to_have_value("One\ntwo")
    chat.evaluate(
        """document.getElementById("question").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true}))"""
    )
    chat.wait_for_timeout(200)
    assert fake.posts == []
    expect(box(chat)).to_have_value("One\ntwo")


def test_nothing_is_sent_from_an_empty_box(chat: Page, fake: FakeProvider) -> None:
    ask(chat, "  \n ")
    chat.wait_for_timeout(200)
    assert fake.posts == []


def test_a_draft_survives_a_reload(chat: Page) -> None:
    box(chat).fill("Not sent yet")
    chat.reload()
    expect(box(chat)).to_have_value("Not sent yet")


def test_a_refused_question_stays_in_the_box(chat: Page, fake: FakeProvider) -> None:
    chat.locator("#model-chat").select_option("keyless:silent")
    ask(chat, "Do you hear me?")
    expect(chat.get_by_role("alert")).to_contain_text("silent is not set up yet.")
    expect(box(chat)).to_have_value("Do you hear me?")
    expect(answers(chat)).to_have_count(0)
    expect(chat.get_by_text("silent answers, unless")).to_be_visible()
    assert chat.url.endswith("/")
    chat.locator("#model-chat").select_option("fake:talker")
    expect(chat.get_by_role("alert")).to_be_hidden()


def test_a_draft_typed_during_an_answer_is_kept(chat: Page, fake: FakeProvider) -> None:
    go_on = threading.Event()
    fake.script(go_on, http(200, openai_stream("Yes."), "text/event-stream"))
    ask(chat, "Are you there?")
    box(chat).type("And I")
    go_on.set()
    expect(answers(chat).first.locator(".body")).to_have_text("Yes.")
    expect(box(chat)).to_have_value("And I")
    chat.reload()
    expect(box(chat)).to_have_value("And I")


def test_editing_a_message_restores_the_draft_later(chat: Page) -> None:
    ask_and_wait(chat, "Frist?")
    box(chat).fill("Half a thought")
    chat.get_by_role("button", name="Edit").click()
    expect(box(chat)).to_have_value("Frist?")
    chat.get_by_role("button", name="Cancel").click()
    expect(box(chat)).to_have_value("Half a thought")
    chat.get_by_role("button", name="Edit").click()
    box(chat).fill("First?")
    chat.reload()
    expect(box(chat)).to_have_value("First?")
    expect(chat.get_by_text("You are editing an earlier question")).to_be_visible()
    expect(send(chat)).to_be_enabled()
    box(chat).press("Enter")
    expect(chat.locator("#messages > .user:visible .body")).to_have_text(["First?"])
    expect(box(chat)).to_have_value("Half a thought")
    expect(answers(chat)).to_have_count(1)
    expect(send(chat)).to_be_visible()


def test_a_question_that_is_too_long_stays_in_the_box(chat: Page, fake: FakeProvider) -> None:
    chat.evaluate("document.getElementById('question').value = '長'.repeat(180_000)")
    box(chat).press("Enter")
    expect(chat.get_by_role("alert")).to_contain_text("too long")
    expect(send(chat)).to_be_visible()
    assert "長" not in str([post.body for post in fake.posts])


def test_another_user_in_the_same_tab_gets_no_draft(page: Page, portal: Portal) -> None:
    chat = page
    sign_in(chat, portal, fresh=True)
    box(chat).fill("My secret thought")
    chat.goto(f"{portal.url}/models")
    sign_out(chat)
    chat.wait_for_url("**/sign-in")
    sign_in(chat, portal, "ann")
    expect(box(chat)).to_have_value("")


def test_escape_in_another_field_stops_nothing(chat: Page, fake: FakeProvider) -> None:
    fake.script(*HALF)
    ask(chat)
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")
    chat.get_by_label("Search conversations").press("Escape")
    assert not fake.posts[-1].peer_closed.wait(0.3)
    box(chat).press("Escape")
    assert fake.posts[-1].peer_closed.wait(1)


def test_scrolling_sticks_only_at_the_end(chat: Page, fake: FakeProvider) -> None:
    lines = [event(chunk(f"line {number}\n\n")) for number in range(80)]
    scrolled_up = threading.Event()
    steps: list[Any] = [SSE_HEAD, *lines[:40], scrolled_up, *lines[40:60], 0.5, *lines[60:]]
    fake.script(*steps, event(chunk(finish="stop")) + b"data: [DONE]\n\n")
    ask(chat)
    expect(chat.get_by_text("line 39")).to_be_in_viewport()
    chat.locator("#log").press("ArrowUp")  # one step up stops the scrolling
    chat.wait_for_timeout(300)
    chat.evaluate("document.getElementById('log').scrollTop = 0")
    scrolled_up.set()
    expect(chat.get_by_role("button", name="Jump to the latest")).to_be_visible()
    expect(status(chat)).to_contain_text("Answer complete")
    assert chat.evaluate("document.getElementById('log').scrollTop") == 0
    chat.get_by_role("button", name="Jump to the latest").click()
    copy = answers(chat).first.get_by_role("button", name="Copy", exact=True)
    expect(copy).to_be_in_viewport()
    box(chat).fill("A long\nquestion\n" * 5)  # the box grows
    chat.wait_for_timeout(200)
    expect(copy).to_be_in_viewport(timeout=1000)


def test_nothing_leads_to_the_latest_when_all_is_in_view(chat: Page, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + openai_stream("line\n\n" * 20))
    ask(chat)
    expect(answers(chat).last.locator(".facts")).to_contain_text("in all")  # nothing follows
    chat.locator("#log").press("Home")
    expect(chat.get_by_role("button", name="Jump to the latest")).to_be_visible()
    chat.set_viewport_size({"width": 1280, "height": 2000})
    expect(chat.get_by_role("button", name="Jump to the latest")).to_be_hidden()


# ── The dropdown ────────────────────────────────────────────────────────────────────────────


def test_the_dropdown_names_exceptions_only_and_has_them_last(chat: Page) -> None:
    select = chat.locator("#model-chat")
    groups = select.locator("optgroup").evaluate_all("all => all.map(group => group.label)")
    assert sorted(groups[-2:]) == ["closed", "keyless"]
    labels = select.locator("option").all_inner_texts()
    assert labels[0] == "Default: The talker"
    assert "silent — not set up" in labels
    assert "gone — does not answer" in labels
    assert "The talker" in labels
    assert not any("embedder" in label for label in labels)


def test_the_choice_is_kept_and_sent(chat: Page, fake: FakeProvider) -> None:
    chat.locator("#model-chat").select_option("pond:frog")
    assert chat.evaluate("localStorage.getItem('model:chat')") == "pond:frog"
    chat.reload()
    expect(chat.locator("#model-chat")).to_have_value("pond:frog")
    chat.evaluate("document.body.dispatchEvent(new CustomEvent('models-changed'))")
    chat.wait_for_timeout(300)
    expect(chat.locator("#model-chat")).to_have_value("pond:frog")
    ask_and_wait(chat)
    assert fake.posts[-1].path == "/api/chat"


def test_a_model_removed_from_the_file_is_reported_and_must_be_replaced(
    chat: Page, fake: FakeProvider
) -> None:
    chat.evaluate("localStorage.setItem('model:chat', 'fake:left')")
    chat.reload()
    expect(chat.locator("#model-chat option:checked")).to_have_text(
        "fake:left — no longer available"
    )
    expect(send(chat)).to_be_disabled()
    box(chat).fill("Hello?")

    def is_refused() -> bool:
        box(chat).press("Enter")
        return "Choose a model first" in chat.get_by_role("alert").inner_text()

    until(is_refused, 5)  # once the page is connected, which it does not show
    assert fake.posts == []
    shot(chat, "chat-vanished")
    chat.locator("#model-chat").select_option("fake:talker")
    box(chat).press("Enter")
    expect(answers(chat).first.locator(".body")).to_have_text(ANSWER)
