"""Files in the box of the chat page, in a real browser: picked, dropped, sent, kept."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.chat.attachments import made
from tests.chat.attachments.files_box import (
    DROP,
    alert,
    chips,
    last,
    look_into,
    packed,
    paste,
    pick,
)
from tests.chat.page.chat_page import answers, ask, ask_and_wait, box, send
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.databases import rows

pytestmark = needs_chromium
SKY = 'File: "sky.txt"\n```\nThe sky is green.\n```'


def test_a_file_is_attached_and_sent(chat: Page, fake: FakeProvider) -> None:
    pick(chat, ("sky.txt", b"The sky is green."))
    expect(chips(chat)).to_contain_text("sky.txt")
    expect(chips(chat)).to_contain_text("about 10 tokens")
    assert flaws(chat) == []
    ask_and_wait(chat, "Is it?")
    assert last(fake) == f"{SKY}\n\nIs it?"
    expect(chips(chat)).to_have_count(0)
    question = chat.locator("#messages > .user")
    expect(question.locator(".file")).to_contain_text("sky.txt")
    chat.reload()
    expect(question.locator(".file")).to_contain_text("sky.txt")
    assert flaws(chat) == []
    question.get_by_role("button", name="sky.txt", exact=True).click()
    expect(chat.locator("#file-text")).to_have_text("The sky is green.")
    expect(chat.get_by_role("button", name="Put back as text")).to_be_hidden()
    assert flaws(chat) == []
    with chat.expect_download() as download:
        chat.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == b"The sky is green."


def test_files_alone_are_sent(chat: Page, fake: FakeProvider) -> None:
    pick(chat, ("sky.txt", b"The sky is green."))
    send(chat).click()
    expect(answers(chat).last.locator(".facts")).to_contain_text("in all")
    assert last(fake) == SKY


def test_a_dropped_file_is_attached(chat: Page) -> None:
    data = base64.b64encode(made.word("From Word")).decode()
    chat.evaluate(DROP, ["a.docx", "", data])
    expect(chips(chat)).to_contain_text("Word")
    look_into(chat, "a.docx")
    expect(chat.locator("#file-text")).to_have_text("From Word")
    chat.keyboard.press("Escape")
    expect(box(chat)).to_be_focused()


def test_a_page_that_the_browser_printed_is_read(chat: Page) -> None:
    paper = chat.context.new_page()
    paper.set_content("<h1>Invoice 4711</h1><p>Größe: 12 cm</p>")
    data = paper.pdf()
    paper.close()
    pick(chat, ("invoice.pdf", data))
    look_into(chat, "invoice.pdf")
    expect(chat.locator("#file-text")).to_contain_text("Invoice 4711")
    expect(chat.locator("#file-text")).to_contain_text("Größe: 12 cm")


def test_what_cannot_be_read_says_what_to_do_and_the_rest_stays(
    chat: Page, expected: list[str]
) -> None:
    expected += ["415"]
    box(chat).fill("My question")
    pick(chat, ("sky.txt", b"The sky is green."))
    for name, data in (("scan.pdf", made.blank_pdf()), ("empty.txt", b"")):
        with chat.expect_file_chooser() as chooser:
            chat.get_by_role("button", name="Attach files").click()
        chooser.value.set_files(packed(name, data))
        expect(alert(chat)).to_contain_text(f"“{name}” ")
    expect(alert(chat)).to_contain_text("Attach a file that has something in it.")
    expect(chips(chat)).to_have_count(1)
    expect(box(chat)).to_have_value("My question")
    assert flaws(chat) == []


def test_chips_survive_a_reload_and_a_removed_one_is_gone(chat: Page, portal: Portal) -> None:
    pick(chat, ("one.txt", b"One."), ("two.txt", b"Two."))
    chat.reload()
    expect(chips(chat)).to_have_count(2)
    with chat.expect_request("**/chat/attachments/discard"):
        chat.get_by_role("button", name="Remove one.txt").click()
    expect(box(chat)).to_be_focused()
    chat.reload()
    expect(chips(chat)).to_have_count(1)
    expect(chips(chat)).to_contain_text("two.txt")
    expect(send(chat)).to_be_enabled()
    ask_and_wait(chat, "Which?")
    chat.reload()
    expect(send(chat)).to_be_enabled()
    expect(chips(chat)).to_have_count(0)


def test_a_chip_that_cannot_be_loaded_is_sent_all_the_same(
    chat: Page, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["Failed to load", "ERR_"]
    pick(chat, ("sky.txt", b"The sky is green."))
    chat.route("**/chat/attachments?id=*", lambda route: route.abort())
    chat.reload()
    expect(chips(chat)).to_have_text("A file, which is not shown without a connection")
    ask_and_wait(chat, "Is it?")
    assert last(fake) == f"{SKY}\n\nIs it?"


def test_editing_shows_the_files_of_the_question(chat: Page, fake: FakeProvider) -> None:
    pick(chat, ("sky.txt", b"The sky is green."), ("sea.txt", b"The sea is red."))
    ask_and_wait(chat, "Are they?")
    pick(chat, ("draft.txt", b"Later."))
    chat.get_by_role("button", name="Edit").click()
    expect(chips(chat)).to_have_count(2)
    chat.get_by_role("button", name="Remove sea.txt").click()
    box(chat).fill("Is it?")
    box(chat).press("Enter")
    expect(answers(chat)).to_have_count(1)
    expect(answers(chat).last.locator(".facts")).to_contain_text("in all")
    assert last(fake) == f"{SKY}\n\nIs it?"
    expect(chips(chat)).to_have_count(1)
    expect(chips(chat)).to_contain_text("draft.txt")
    expect(chat.locator("#messages > .user .file")).to_have_count(1)


def test_a_question_that_is_refused_gives_its_files_back(chat: Page, portal: Portal) -> None:
    pick(chat, ("sky.txt", b"The sky is green."))
    key = chips(chat).get_attribute("data-id")
    portal.manage(
        "shell",
        "-v0",
        "-c",
        f"from chat.models import Attachment; Attachment.objects.filter(pk='{key}').delete()",
    )
    ask(chat, "Is it?")
    expect(alert(chat)).to_contain_text("A file that was attached is gone.")
    expect(box(chat)).to_have_value("Is it?")
    expect(chips(chat)).to_have_count(0)


def test_a_picture_needs_a_model_that_sees(chat: Page) -> None:
    paste(chat, "", ("a.png", "image/png", made.picture()))
    expect(alert(chat)).to_have_text("The talker cannot see pictures. No model here can.")
    expect(chips(chat)).to_have_count(0)
    assert "image" not in (chat.locator("#pick").get_attribute("accept") or "")


def test_a_picture_is_shown_and_sent(seeing: Page, fake: FakeProvider) -> None:
    data = made.picture(size=64)
    paste(seeing, "", ("a.png", "image/png", data))
    expect(chips(seeing)).to_contain_text("Picture")
    assert "image/png" in (seeing.locator("#pick").get_attribute("accept") or "")
    image = chips(seeing).locator("img")
    expect(image).to_be_visible()
    assert flaws(seeing) == []
    ask_and_wait(seeing, "What is it?")
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    assert last(fake) == [
        {"type": "text", "text": 'Picture: "a.png"\n\nWhat is it?'},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    seeing.reload()
    shown = seeing.locator("#messages > .user img")
    expect(shown).to_have_js_property("naturalWidth", 64)
    expect(shown).to_be_visible()


def test_a_model_that_is_chosen_later_and_does_not_see_is_said(seeing: Page) -> None:
    pick(seeing, ("a.png", made.picture()))
    choose(seeing, "frog")
    fit = seeing.locator("#files-fit")
    expect(fit).to_have_text("frog cannot see pictures. Choose The talker, or ask without them.")
    ask(seeing, "What is it?")
    expect(alert(seeing)).to_have_text(
        "frog cannot see pictures. Choose The talker, or ask without them."
    )
    expect(answers(seeing)).to_have_count(0)
    expect(box(seeing)).to_have_value("What is it?")


def choose(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=re.compile(f"^{name}")).click()


def test_the_chip_says_how_much_of_the_model_it_takes(chat: Page) -> None:
    pick(chat, ("long.txt", b"word " * 6000))
    expect(chips(chat)).to_contain_text("about 10,004 tokens")
    choose(chat, "frog")
    expect(chips(chat)).to_contain_text("about 10,004 tokens of 8,192")
    fit = chat.locator("#files-fit")
    expect(fit).to_contain_text("about 10,004 tokens, and frog takes 8,192. Remove a file")
    assert flaws(chat) == []
    chat.get_by_role("button", name="Remove long.txt").click()
    expect(fit).to_be_hidden()


def test_a_name_is_shown_as_text(chat: Page) -> None:
    pick(chat, ("<img src=x onerror=alert(1)>.txt", b"Hi"))
    expect(chips(chat).locator("bdi")).to_have_text("<img src=x onerror=alert(1)>.txt")


def test_files_of_a_temporary_conversation_end_with_it(
    page: Page, portal: Portal, fake: FakeProvider
) -> None:
    before = rows(portal, "SELECT count(*) FROM chat_attachment")
    sign_in(page, portal)
    page.get_by_role("link", name="Temporary conversation").click()
    expect(send(page)).to_be_enabled()
    pick(page, ("sky.txt", b"The sky is green."))
    ask(page, "Is it?")
    expect(answers(page).last.locator(".facts")).to_contain_text("the default")
    expect(send(page)).to_be_visible()
    ask(page, "Sure?")
    expect(answers(page)).to_have_count(2)
    expect(answers(page).last.locator(".facts")).to_contain_text("the default")
    assert fake.posts[-1].body["messages"][0]["content"] == f"{SKY}\n\nIs it?"
    page.goto(f"{portal.url}/prompts")
    page.wait_for_function("() => true")
    end = rows(portal, "SELECT count(*) FROM chat_attachment")
    for _ in range(100):
        if end == before:
            break
        page.wait_for_timeout(100)
        end = rows(portal, "SELECT count(*) FROM chat_attachment")
    assert end == before


def test_enter_breaks_the_line_on_touch_screens(browser: object, portal: Portal) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True)  # type: ignore[attr-defined]
    page = context.new_page()
    sign_in(page, portal)
    expect(send(page)).to_be_enabled()
    box(page).fill("One")
    box(page).press("Enter")
    box(page).press_sequentially("Two")
    expect(box(page)).to_have_value("One\nTwo")
    expect(answers(page)).to_have_count(0)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_chips_fit_the_page(seeing: Page, width: int, scheme: str) -> None:
    seeing.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    seeing.set_viewport_size({"width": width, "height": 800})
    pick(seeing, ("a-rather-long-name-of-a-report-from-last-year.pdf", made.pdf("Numbers " * 40)),
         ("table.csv", "Größe;1\n".encode("latin-1")), ("photo.png", made.picture(size=200)))  # fmt: skip
    paste(seeing, "A line.\n" * 400)
    expect(chips(seeing)).to_have_count(4)
    shot(seeing, f"files-box-{width}-{scheme}")
    assert flaws(seeing) == []
    assert seeing.evaluate("document.documentElement.scrollWidth") <= width
    ask_and_wait(seeing, "What is in these?")
    pick(seeing, ("one.txt", b"One."))
    shot(seeing, f"files-sent-{width}-{scheme}")
    look_into(seeing, "one.txt")
    expect(seeing.locator("#file-text")).to_have_text("One.")
    shot(seeing, f"files-dialog-{width}-{scheme}")
    assert seeing.evaluate("document.documentElement.scrollWidth") <= width
