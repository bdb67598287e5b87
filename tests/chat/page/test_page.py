"""The chat page, in a real browser: a conversation."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chat.page.chat_page import ANSWER, HALF, answers, ask, ask_and_wait, box, status
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    USAGE,
    chunk,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)

pytestmark = needs_chromium


def test_the_first_answer_shows_its_model_timing_and_tokens(chat: Page, fake: FakeProvider) -> None:
    expect(chat.get_by_text("The talker answers, unless")).to_be_visible()
    ask_and_wait(chat, "Hello <b>there</b>?")
    expect(status(chat)).to_have_text("Answer complete: 4 words.")
    expect(chat.locator(".user .body")).to_have_text("Hello <b>there</b>?")
    answer = answers(chat).first
    expect(answer.get_by_role("heading", name="The talker")).to_be_visible()
    expect(answer.locator(".body")).to_have_text(ANSWER)
    facts = answer.locator(".facts").text_content() or ""
    assert "fake:talker (the default)" in facts
    assert re.search(r"first word after \d+\.\d s", facts)
    assert f"{USAGE['prompt_tokens']} tokens in, {USAGE['completion_tokens']} out" in facts
    assert re.search(r"/chat/[0-9a-f-]{36}$", chat.url)
    expect(box(chat)).to_have_value("")
    expect(box(chat)).to_be_focused()
    expect(chat.locator("#conversations [aria-current=page]")).to_have_text("Hello <b>there</b>?")
    assert flaws(chat) == []
    shot(chat, "chat")
    chat.reload()
    expect(answers(chat).first.locator(".body")).to_have_text(ANSWER)
    ask_and_wait(chat, "And then?")
    assert len(fake.posts[-1].body["messages"]) == 3


def test_text_appears_as_it_arrives_and_is_rendered_at_the_end(
    chat: Page, fake: FakeProvider
) -> None:
    go_on = threading.Event()
    fake.script(
        SSE_HEAD + event(chunk("Some **bold")),
        go_on,
        openai_stream("** <img src=x>\n\n```python\nx = 1\n```"),
    )
    ask(chat)
    body = answers(chat).first.locator(".body")
    expect(body).to_have_text("Some **bold")
    expect(answers(chat).first.locator(".note")).to_have_text("The talker is writing…")
    expect(answers(chat).first).to_have_attribute("aria-live", "off")
    expect(answers(chat).first).to_have_attribute("aria-busy", "true")
    shot(chat, "chat-live")
    go_on.set()
    expect(body.locator("strong")).to_have_text("bold")
    expect(body.locator("pre .n")).to_have_text("x")
    assert body.locator("img").count() == 0
    assert answers(chat).first.get_attribute("aria-live") is None


def test_waiting_and_loading_are_shown_as_different_states(chat: Page, fake: FakeProvider) -> None:
    go_on = threading.Event()
    fake.script(go_on, http(503, {"error": {"message": "Loading model"}}))
    ask(chat)
    note = answers(chat).first.locator(".note")
    expect(note).to_have_text("Waiting for The talker…")
    go_on.set()
    expect(note).to_contain_text("The talker is being loaded…")
    expect(answers(chat).first.locator(".body")).to_have_text(ANSWER)


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_stop_keeps_the_partial_answer(chat: Page, fake: FakeProvider, how: str) -> None:
    fake.script(*HALF)
    ask(chat)
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")
    if how == "button":
        chat.get_by_role("button", name="Stop").click()
    else:
        chat.keyboard.press("Escape")
    assert fake.posts[-1].peer_closed.wait(1)
    expect(chat.get_by_text("Stopped by you after 3 words.")).to_be_visible()
    expect(status(chat)).to_have_text("Stopped after 3 words.")
    expect(box(chat)).to_be_focused()
    chat.reload()
    expect(chat.get_by_text("Stopped by you after 3 words.")).to_be_visible()
    shot(chat, "chat-stopped")


def versions(page: Page) -> Locator:
    return page.get_by_role("group", name="Versions of this answer")


def test_an_error_is_shown_and_the_answer_can_be_retried(chat: Page, fake: FakeProvider) -> None:
    fake.script(http(500, {"error": {"message": "the model burnt"}}))
    ask(chat)
    expect(answers(chat).first.get_by_text("the model burnt")).to_be_visible()
    expect(answers(chat).first).to_have_attribute("data-state", "failed")
    shot(chat, "chat-failed")
    chat.get_by_role("button", name="Try again").click()
    expect(answers(chat).locator(".body")).to_have_text([ANSWER])
    expect(versions(chat)).to_contain_text("2/2")


def test_an_answer_is_retried_with_another_model(chat: Page, fake: FakeProvider) -> None:
    ask_and_wait(chat)
    chat.locator("#model-chat").select_option("pond:frog")
    chat.get_by_role("button", name="Try with frog").click()
    expect(answers(chat).locator("h2")).to_have_text(["frog"])
    expect(answers(chat).locator(".facts")).to_contain_text(["pond:frog (your choice)"])
    assert fake.posts[-1].path == "/api/chat"
    expect(chat.get_by_role("button", name="Try with frog")).to_have_count(0)
    # "Try again" asks the model that answered, not the one that the dropdown shows now.
    chat.locator("#model-chat").select_option("fake:other/name:v2")
    chat.get_by_role("button", name="Try again").click()
    expect(versions(chat)).to_contain_text("3/3")
    expect(answers(chat).locator("h2")).to_have_text(["frog"])
    versions(chat).get_by_role("button", name="Earlier version").click()
    expect(versions(chat)).to_contain_text("2/3")
    assert flaws(chat) == []
    shot(chat, "chat-versions")


def test_an_edited_question_replaces_what_follows(chat: Page, fake: FakeProvider) -> None:
    ask_and_wait(chat, "Frist?")
    ask_and_wait(chat, "Second?")
    chat.locator(".user").first.get_by_role("button", name="Edit").click()
    expect(box(chat)).to_have_value("Frist?")
    expect(chat.get_by_text("You are editing an earlier question")).to_be_visible()
    ask(chat, "First?")
    expect(chat.get_by_text("4 earlier messages, replaced")).to_be_visible()
    expect(chat.locator("#messages > .user:visible .body")).to_have_text(["First?"])
    assert fake.posts[-1].body["messages"] == [{"role": "user", "content": "First?"}]
    box(chat).press("ArrowUp")
    expect(box(chat)).to_have_value("First?")
    chat.keyboard.press("Escape")
    expect(box(chat)).to_have_value("")


def test_copy_copies_the_markdown(chat: Page, fake: FakeProvider) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fake.script(http(200, openai_stream("**bold** `code`"), "text/event-stream"))
    ask_and_wait(chat)
    answers(chat).first.get_by_role("button", name="Copy", exact=True).click()
    expect(status(chat)).to_have_text("Copied.")
    assert chat.evaluate("navigator.clipboard.readText()") == "**bold** `code`"


def test_dropped_messages_are_shown(chat: Page, fake: FakeProvider) -> None:
    chat.locator("#model-chat").select_option("pond:frog")
    answer = line(ollama_line("Yes.")) + line(ollama_line(done=True, prompt_eval_count=4000))
    fake.script(NDJSON_HEAD + answer)
    ask_and_wait(chat, "x" * 12_000)  # about half of what fits in 8,192 tokens
    ask_and_wait(chat, "y" * 12_000)
    expect(chat.get_by_text("The model got the last 1 message of 3")).to_be_visible()


@pytest.mark.parametrize(
    ("reason", "note"),
    [("length", "The answer reached the model's length limit"),
     ("bored", "Its reason: bored.")],
)  # fmt: skip
def test_a_cut_answer_is_never_shown_as_complete(
    chat: Page, fake: FakeProvider, reason: str, note: str
) -> None:
    fake.script(http(200, openai_stream("Half", finish=reason), "text/event-stream"))
    ask_and_wait(chat)
    expect(status(chat)).to_have_text("The answer is not finished: 1 word.")
    expect(chat.get_by_text(note)).to_be_visible()


def test_an_answer_that_cannot_be_reloaded_keeps_its_streamed_text(
    chat: Page, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["Failed to load resource", "htmx:error"]
    chat.route("**/chat/messages/*", lambda route: route.abort())
    fake.script(*HALF)
    ask(chat)
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")
    chat.keyboard.press("Escape")
    expect(answers(chat).first.locator(".note")).to_have_text("Stopped by you after 3 words.")
    expect(answers(chat).first.get_by_role("button", name="Try again")).to_be_visible()
