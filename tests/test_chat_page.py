"""The chat page, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import (
    browser,
    expected,
    flaws,
    listen,
    needs_chromium,
    page,
    portal,
    shot,
    sign_in,
)
from tests.fake_provider import (
    HANG,
    NDJSON_HEAD,
    SSE_HEAD,
    USAGE,
    WORDS,
    FakeProvider,
    chunk,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)
from tests.portal import Portal

__all__ = ["browser", "expected", "page", "portal"]  # fixtures
pytestmark = needs_chromium
ANSWER = "".join(WORDS)
HALF = (SSE_HEAD + event(chunk("Half an ")), 0.1, event(chunk("answer")), HANG)


@pytest.fixture
def chat(page: Page, portal: Portal) -> Page:
    """The chat page, signed in and connected."""
    sign_in(page, portal)
    expect(send(page)).to_be_enabled()
    return page


def send(page: Page) -> Locator:
    return page.get_by_role("button", name="Send")


def box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def answers(page: Page) -> Locator:
    return page.locator("#messages > .assistant:visible")


def ask(page: Page, text: str = "Hello?") -> None:
    box(page).fill(text)
    box(page).press("Enter")


def asked(page: Page, text: str = "Hello?") -> None:
    """Ask, and wait until the server's rendering of the answer is there."""
    before = answers(page).count()
    ask(page, text)
    expect(answers(page)).to_have_count(before + 1)
    expect(answers(page).last.locator(".facts")).to_contain_text("in all")
    expect(send(page)).to_be_visible()


# ── A conversation ──────────────────────────────────────────────────────────────────────────


def test_a_first_question_and_what_is_under_its_answer(chat: Page, fake: FakeProvider) -> None:
    expect(chat.get_by_text("The talker answers, unless")).to_be_visible()
    asked(chat, "Hello <b>there</b>?")
    expect(status(chat)).to_have_text("Answer complete: 4 words.")
    expect(chat.locator(".user .body")).to_have_text("Hello <b>there</b>?")
    answer = answers(chat).first
    expect(answer.get_by_role("heading", name="The talker")).to_be_visible()
    expect(answer.locator(".body")).to_have_text(ANSWER)
    facts = answer.locator(".facts").inner_text()
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
    asked(chat, "And then?")
    assert len(fake.posts[-1].body["messages"]) == 3


def test_text_appears_as_it_is_made_and_is_rendered_at_the_end(
    chat: Page, fake: FakeProvider
) -> None:
    fake.script(
        SSE_HEAD + event(chunk("Some **bold")),
        0.7,
        openai_stream("** <img src=x>\n\n```python\nx = 1\n```"),
    )
    ask(chat)
    body = answers(chat).first.locator(".body")
    expect(body).to_have_text("Some **bold")
    expect(answers(chat).first.locator(".note")).to_have_text("The talker is writing…")
    expect(answers(chat).first).to_have_attribute("aria-live", "off")
    expect(answers(chat).first).to_have_attribute("aria-busy", "true")
    shot(chat, "chat-live")
    expect(body.locator("strong")).to_have_text("bold")
    expect(body.locator("pre .n")).to_have_text("x")
    assert body.locator("img").count() == 0
    assert answers(chat).first.get_attribute("aria-live") is None


def test_waiting_and_loading_are_told_apart(chat: Page, fake: FakeProvider) -> None:
    fake.script(0.8, http(503, {"error": {"message": "Loading model"}}))
    ask(chat)
    note = answers(chat).first.locator(".note")
    expect(note).to_have_text("Waiting for The talker…")
    expect(note).to_contain_text("The talker is being loaded…")
    expect(answers(chat).first.locator(".body")).to_have_text(ANSWER)


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_stop_stops_and_keeps_what_came(chat: Page, fake: FakeProvider, how: str) -> None:
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


def test_a_failure_is_told_and_can_be_tried_again(chat: Page, fake: FakeProvider) -> None:
    fake.script(http(500, {"error": {"message": "the model burnt"}}))
    ask(chat)
    expect(chat.get_by_role("alert")).to_contain_text("the model burnt")
    expect(answers(chat).first).to_have_attribute("data-state", "failed")
    shot(chat, "chat-failed")
    chat.get_by_role("button", name="Try again").click()
    expect(answers(chat).locator(".body")).to_have_text([ANSWER])
    expect(chat.get_by_text("1 earlier message, replaced")).to_be_visible()


def test_try_again_with_another_model(chat: Page, fake: FakeProvider) -> None:
    asked(chat)
    chat.get_by_label("Model").select_option("pond:frog")
    chat.get_by_role("button", name="Try with frog").click()
    expect(answers(chat).locator("h2")).to_have_text(["frog"])
    expect(answers(chat).locator(".facts")).to_contain_text(["pond:frog (your choice)"])
    assert fake.posts[-1].path == "/api/chat"
    expect(chat.get_by_role("button", name="Try with frog")).to_have_count(0)
    # "Try again" asks the model that answered, whatever the dropdown says by now.
    chat.get_by_label("Model").select_option("fake:other/name:v2")
    chat.get_by_role("button", name="Try again").click()
    expect(chat.get_by_text("2 earlier messages, replaced")).to_be_visible()
    expect(answers(chat).locator("h2")).to_have_text(["frog"])
    chat.get_by_text("2 earlier messages, replaced").click()
    assert flaws(chat) == []
    shot(chat, "chat-replaced")


def test_edit_and_resend(chat: Page, fake: FakeProvider) -> None:
    asked(chat, "Frist?")
    asked(chat, "Second?")
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


def test_copy_gives_the_markdown(chat: Page, fake: FakeProvider) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fake.script(http(200, openai_stream("**bold** `code`"), "text/event-stream"))
    asked(chat)
    answers(chat).first.get_by_role("button", name="Copy").click()
    expect(status(chat)).to_have_text("Copied.")
    assert chat.evaluate("navigator.clipboard.readText()") == "**bold** `code`"


def test_what_did_not_fit_is_told(chat: Page, fake: FakeProvider) -> None:
    chat.get_by_label("Model").select_option("pond:frog")
    long = line(ollama_line("Yes.")) + line(ollama_line(done=True, prompt_eval_count=4000))
    fake.script(NDJSON_HEAD + long)
    asked(chat, "x" * 12_000)  # about half of what 8,192 tokens leave room for
    asked(chat, "y" * 12_000)
    expect(chat.get_by_text("The model was given the last 1 message of 3")).to_be_visible()


@pytest.mark.parametrize(
    ("reason", "note"),
    [("length", "The answer reached the model's length limit"),
     ("bored", "for a reason of its own: bored.")],
)  # fmt: skip
def test_an_answer_that_is_cut_is_never_called_complete(
    chat: Page, fake: FakeProvider, reason: str, note: str
) -> None:
    fake.script(http(200, openai_stream("Half", finish=reason), "text/event-stream"))
    asked(chat)
    expect(status(chat)).to_have_text("The answer is not finished: 1 word.")
    expect(chat.get_by_text(note)).to_be_visible()


def test_the_whole_answer_that_cannot_be_fetched_stays_as_it_came(
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


def test_what_was_typed_survives_a_reload(chat: Page) -> None:
    box(chat).fill("Not sent yet")
    chat.reload()
    expect(box(chat)).to_have_value("Not sent yet")


def test_a_question_that_is_refused_stays_in_the_box(chat: Page, fake: FakeProvider) -> None:
    chat.get_by_label("Model").select_option("keyless:silent")
    ask(chat, "Do you hear me?")
    expect(chat.get_by_role("alert")).to_contain_text("keyless is not set up")
    expect(box(chat)).to_have_value("Do you hear me?")
    expect(answers(chat)).to_have_count(0)
    expect(chat.get_by_text("The talker answers, unless")).to_be_visible()
    assert chat.url.endswith("/")
    chat.get_by_label("Model").select_option("fake:talker")
    expect(chat.get_by_role("alert")).to_be_hidden()


def test_what_is_typed_meanwhile_is_kept(chat: Page, fake: FakeProvider) -> None:
    fake.script(0.4, http(200, openai_stream("Yes."), "text/event-stream"))
    ask(chat, "Are you there?")
    box(chat).type("And I")
    expect(answers(chat).first.locator(".body")).to_have_text("Yes.")
    expect(box(chat)).to_have_value("And I")
    chat.reload()
    expect(box(chat)).to_have_value("And I")


def test_editing_puts_a_draft_aside(chat: Page) -> None:
    asked(chat, "Frist?")
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


def test_a_question_that_is_too_long_stays_in_the_box(chat: Page, fake: FakeProvider) -> None:
    chat.evaluate("document.getElementById('question').value = '長'.repeat(180_000)")
    box(chat).press("Enter")
    expect(chat.get_by_role("alert")).to_contain_text("too long")
    expect(send(chat)).to_be_visible()
    assert fake.posts == []


def test_nobody_else_finds_a_draft_in_the_same_tab(page: Page, portal: Portal) -> None:
    chat = page
    sign_in(chat, portal, anew=True)
    box(chat).fill("My secret thought")
    chat.goto(f"{portal.url}/models")
    chat.get_by_role("button", name="Sign out").click()
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
    steps: list[Any] = [SSE_HEAD, *lines[:40], 0.8, *lines[40:60], 0.5, *lines[60:]]
    fake.script(*steps, event(chunk(finish="stop")) + b"data: [DONE]\n\n")
    ask(chat)
    expect(chat.get_by_text("line 39")).to_be_in_viewport()
    chat.locator("#log").press("ArrowUp")  # a small step is enough
    chat.wait_for_timeout(300)
    chat.evaluate("document.getElementById('log').scrollTop = 0")
    expect(chat.get_by_role("button", name="Jump to the latest")).to_be_visible()
    expect(status(chat)).to_contain_text("Answer complete")
    assert chat.evaluate("document.getElementById('log').scrollTop") == 0
    chat.get_by_role("button", name="Jump to the latest").click()
    expect(answers(chat).first.get_by_role("button", name="Copy")).to_be_in_viewport()


# ── The dropdown ────────────────────────────────────────────────────────────────────────────


def test_the_dropdown_offers_chat_models_by_provider_with_health(chat: Page) -> None:
    select = chat.get_by_label("Model")
    assert select.locator("optgroup").evaluate_all("all => all.map(one => one.label)") == [
        "fake", "pond", "closed", "keyless", "strict",
    ]  # fmt: skip
    labels = select.locator("option").all_inner_texts()
    assert labels[0].startswith("Default: The talker — ")
    assert "silent — not set up" in labels
    assert "gone — not reachable" in labels
    assert not any("embedder" in label for label in labels)
    assert any(
        label.startswith("The talker — ") and label.endswith(", primary") for label in labels
    )


def test_the_choice_is_kept_and_sent(chat: Page, fake: FakeProvider) -> None:
    chat.get_by_label("Model").select_option("pond:frog")
    assert chat.evaluate("localStorage.getItem('model:chat')") == "pond:frog"
    chat.reload()
    expect(chat.get_by_label("Model")).to_have_value("pond:frog")
    chat.evaluate("document.body.dispatchEvent(new CustomEvent('models-changed'))")
    chat.wait_for_timeout(300)
    expect(chat.get_by_label("Model")).to_have_value("pond:frog")
    asked(chat)
    assert fake.posts[-1].path == "/api/chat"


def test_a_choice_that_left_the_file_is_told_and_waits_for_another(
    chat: Page, fake: FakeProvider
) -> None:
    chat.evaluate("localStorage.setItem('model:chat', 'fake:left')")
    chat.reload()
    expect(chat.locator("#model-chat option:checked")).to_have_text(
        "fake:left — no longer available"
    )
    expect(send(chat)).to_be_disabled()
    ask(chat, "Hello?")
    expect(chat.get_by_role("alert")).to_contain_text("Choose a model first")
    assert fake.posts == []
    shot(chat, "chat-vanished")
    chat.get_by_label("Model").select_option("fake:talker")
    box(chat).press("Enter")
    expect(answers(chat).first.locator(".body")).to_have_text(ANSWER)


# ── The list of conversations ───────────────────────────────────────────────────────────────


def test_conversations_are_found_renamed_exported_and_deleted(chat: Page) -> None:
    asked(chat, "About zebras")
    chat.get_by_role("link", name="New conversation").click()
    expect(send(chat)).to_be_enabled()
    asked(chat, "About yaks")
    items = chat.locator("#conversations a")
    expect(items.filter(has_text="About yaks")).to_have_attribute("aria-current", "page")
    chat.get_by_label("Search conversations").fill("zebra")
    expect(chat.locator(".conversation > a")).to_have_text(["About zebras"])
    expect(chat.get_by_label("Search conversations")).to_be_focused()
    more = chat.get_by_label("More about About zebras")
    more.click()
    shot(chat, "chat-menu")
    with chat.expect_download() as download:
        chat.get_by_role("link", name="Export as Markdown").click()
    assert download.value.suggested_filename.startswith("about-zebras-")
    chat.get_by_role("button", name="Rename").click()
    title = chat.get_by_label("New title")
    expect(title).to_be_focused()
    title.fill("All about zebras")
    title.press("Enter")
    expect(chat.locator("#title")).to_have_text("About yaks")
    expect(chat.get_by_role("link", name="All about zebras")).to_be_visible()
    expect(chat.get_by_role("link", name="All about zebras")).to_be_focused()
    chat.on("dialog", lambda dialog: dialog.accept())
    chat.get_by_label("More about All about zebras").click()
    chat.get_by_role("button", name="Delete").click()
    expect(chat.get_by_role("link", name="All about zebras")).to_have_count(0)
    assert re.search(r"/chat/[0-9a-f-]{36}$", chat.url), "another one is open"
    chat.get_by_label("Search conversations").fill("")
    chat.get_by_label("More about About yaks").click()
    chat.get_by_role("button", name="Delete").click()
    chat.wait_for_url(re.compile(r"/$"))


def test_a_menu_is_closed_by_escape(chat: Page) -> None:
    asked(chat, "About menus")
    more = chat.get_by_label("More about About menus").first
    more.press("Enter")
    expect(chat.get_by_role("button", name="Rename").first).to_be_visible()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("button", name="Rename").first).to_be_hidden()
    expect(more).to_be_focused()


# ── Other people, other tabs ────────────────────────────────────────────────────────────────


def test_a_second_user_sees_none_of_it(chat: Page, portal: Portal, browser: Any) -> None:
    asked(chat, "My secret question")
    address = chat.url
    other = browser.new_page()
    listen(other)
    sign_in(other, portal, "ann")
    assert "My secret question" not in other.content()
    assert other.goto(address).status == 404
    expect(other.get_by_role("heading", name="There is nothing here")).to_be_visible()
    other.close()


def test_two_tabs_answer_at_once(chat: Page, portal: Portal, fake: FakeProvider) -> None:
    for _ in range(2):
        fake.script(SSE_HEAD, 0.5, openai_stream(*WORDS))
    other = chat.context.new_page()
    other.goto(portal.url)
    expect(send(other)).to_be_enabled()
    ask(chat, "One?")
    ask(other, "Two?")
    for tab in (chat, other):
        expect(answers(tab).locator(".body")).to_have_text([ANSWER])
    other.close()


def test_an_answer_in_another_tab_is_followed(chat: Page, fake: FakeProvider) -> None:
    fake.script(*HALF)
    ask(chat)
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")
    other = chat.context.new_page()
    other.goto(chat.url)
    expect(other.get_by_text("This answer is being written.")).to_be_visible()
    chat.keyboard.press("Escape")
    expect(other.get_by_text("Stopped by you after 3 words.")).to_be_visible()
    other.close()


def test_a_reload_keeps_the_partial_answer_labelled(chat: Page, fake: FakeProvider) -> None:
    fake.script(*HALF)
    ask(chat)
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")
    chat.reload()
    assert fake.posts[-1].peer_closed.wait(1)
    expect(chat.get_by_text("You left after 3 words, which ended the answer.")).to_be_visible()
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")


# ── Connections that break ──────────────────────────────────────────────────────────────────


def test_a_portal_that_restarts_is_found_again(
    page: Page, mine: Portal, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["WebSocket", "ERR_CONNECTION_REFUSED", "Failed to load resource"]
    sign_in(page, mine)
    fake.script(*HALF)
    ask(page)
    expect(answers(page).first.locator(".body")).to_have_text("Half an answer")
    box(page).fill("My next question")
    assert mine.process is not None
    mine.process.kill()
    mine.process.wait()
    expect(page.get_by_text("Connection lost after 3 words.")).to_be_visible()
    expect(status(page)).to_contain_text("No connection to the portal. Trying again")
    expect(send(page)).to_be_disabled()
    shot(page, "chat-lost")
    mine.start()
    expect(send(page)).to_be_enabled()
    expect(page.get_by_text("Broken off after")).to_be_visible()
    expect(box(page)).to_have_value("My next question")
    box(page).press("Enter")
    expect(answers(page).last.locator(".body")).to_have_text(ANSWER)


def test_who_was_signed_out_elsewhere_is_told_and_keeps_the_draft(
    page: Page, mine: Portal, expected: list[str]
) -> None:
    expected += ["WebSocket", "401", "ERR_CONNECTION_REFUSED"]
    sign_in(page, mine, anew=True)
    expect(send(page)).to_be_enabled()
    box(page).fill("A long thought")
    other = page.context.new_page()
    other.goto(f"{mine.url}/models")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in")
    other.close()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("You are signed out")
    expect(box(page)).to_have_value("A long thought")
    shot(page, "chat-signed-out")
    alert.get_by_role("link", name="Sign in again").click()
    assert "/sign-in?next=" in page.url
    sign_in(page, mine)
    expect(box(page)).to_have_value("A long thought")


# ── Access for all ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_can_be_read_in_light_and_dark(
    chat: Page, fake: FakeProvider, scheme: str
) -> None:
    chat.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    code = "# Title\n\n```python\ndef f(x):  # note\n    return 'a' + 1\n```\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    fake.script(http(200, openai_stream(code), "text/event-stream"))
    asked(chat)
    assert flaws(chat) == []
    shot(chat, f"chat-{scheme}")


def test_a_narrow_screen_is_enough(chat: Page, fake: FakeProvider) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    wide = "```\n" + "x" * 400 + "\n```\n\n" + "y" * 300 + "\n\n|" + "a|" * 30 + "\n|" + "-|" * 30
    fake.script(http(200, openai_stream(wide), "text/event-stream"))
    asked(chat)
    assert chat.evaluate("document.documentElement.scrollWidth") <= 320
    shot(chat, "chat-narrow")
    opener = chat.get_by_role("button", name="Conversations")
    opener.click()
    expect(chat.get_by_role("link", name="New conversation")).to_be_visible()
    assert flaws(chat) == []
    shot(chat, "chat-narrow-list")
    opener.click()
    expect(chat.get_by_role("link", name="New conversation")).to_be_hidden()
    opener.click()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("link", name="New conversation")).to_be_hidden()
    expect(opener).to_be_focused()
    chat.set_viewport_size({"width": 320, "height": 256})  # 1280 × 1024, enlarged four times
    expect(answers(chat).first).to_be_visible()
    shot(chat, "chat-enlarged")


def test_the_keyboard_alone_is_enough(chat: Page, fake: FakeProvider) -> None:
    expect(box(chat)).to_be_focused()
    chat.keyboard.type("Hello?")
    chat.keyboard.press("Enter")
    expect(answers(chat).locator(".body")).to_have_text([ANSWER])
    for _ in range(40):
        chat.keyboard.press("Shift+Tab")
        if chat.evaluate("document.activeElement.dataset.do") == "retry":
            break
    chat.keyboard.press("Enter")
    expect(chat.get_by_text("1 earlier message, replaced")).to_be_visible()


def test_the_page_is_small(chat: Page) -> None:
    sizes = chat.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".map(one => one.transferSize)"
    )
    assert 0 < sum(sizes) < 100_000
