"""What a model thinks, on the chat page in a real browser."""

from __future__ import annotations

import re
import threading

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask, send
from tests.support.browser import flaws, needs_chromium
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import SSE_HEAD, chunk, event, openai_stream

pytestmark = needs_chromium


def test_thoughts_are_folded_and_not_copied(chat: Page, fake: FakeProvider) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    go_on = threading.Event()
    rest = openai_stream("</think>\n\n**Yes.**")
    fake.script(SSE_HEAD + event(chunk("<think>Is <b>it</b> so?")), go_on, rest)
    ask(chat)
    answer = answers(chat).first
    thoughts = answer.locator(".thoughts")
    expect(thoughts.locator("summary")).to_have_text("Thinking…")
    expect(answer.locator(".note")).to_contain_text("The talker is thinking…")
    expect(thoughts.locator("div")).to_be_hidden()
    thoughts.locator("summary").click()
    expect(thoughts.locator("div")).to_have_text("Is <b>it</b> so?")
    assert flaws(chat) == []
    go_on.set()
    expect(answer.locator(".facts")).to_contain_text("in all")
    expect(answer.locator(".body")).to_have_text("Yes.")
    expect(thoughts.locator("summary")).to_have_text(re.compile(r"Thought for \d+ s"))
    expect(thoughts.locator("div")).to_have_text("Is <b>it</b> so?")
    answer.get_by_role("button", name="Copy", exact=True).click()
    expect(chat.get_by_role("status")).to_have_text("Copied.")
    assert chat.evaluate("navigator.clipboard.readText()") == "**Yes.**"


def test_a_temporary_conversation_shows_them_and_sends_none_back(
    chat: Page, fake: FakeProvider
) -> None:
    chat.get_by_role("link", name="Temporary conversation").click()
    expect(send(chat)).to_be_enabled()
    fake.script(SSE_HEAD + openai_stream("<think>Hm.</think>", "Yes."))
    ask(chat)
    expect(answers(chat).first.locator(".facts")).to_contain_text("the default")
    expect(answers(chat).first.locator(".thoughts > summary")).to_have_text(
        re.compile(r"Thought for \d+ s")
    )
    ask(chat, "And?")
    expect(answers(chat)).to_have_count(2)
    expect(answers(chat).last.locator(".facts")).to_contain_text("the default")
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["Hello?", "Yes.", "And?"]


def test_an_answer_without_thoughts_shows_none(chat: Page) -> None:
    ask(chat)
    expect(answers(chat).first.locator(".facts")).to_contain_text("in all")
    expect(answers(chat).first.locator(".thoughts")).to_be_hidden()
