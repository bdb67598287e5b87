"""The chat in German: nothing of it is left in English, and nothing German is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.chat.attachments.files_box import packed
from tests.support.browser import flaws, listen, needs_chromium, shot, sign_in
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.leftovers import leftovers
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, http, openai_stream

pytestmark = needs_chromium
CODE = "Bitte:\n\n```python\nprint(1)\n```\n\nUnd ein ![](https://example.org/x.png) dazu."

CUT = """() => [...document.querySelectorAll("main :is(button, a, form, input, select, textarea)")]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth)
    .map((element) => element.outerHTML)"""


@pytest.fixture
def seite(browser: Any, portal: Portal, expected: list[str]) -> Iterator[Page]:
    """The chat page of a browser that asks for German. Its reader is no operator."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    messages = listen(page)
    sign_in(page, portal, "ann")
    expect(page.get_by_role("button", name="Senden")).to_be_enabled()
    yield page
    context.close()
    assert [text for text in messages if not any(part in text for part in expected)] == []


def is_german(page: Page, name: str) -> None:
    """Check what the page shows, at both widths, and take its pictures."""
    assert leftovers(page) == []
    assert flaws(page) == []
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(CUT) == [], width
        shot(page, f"chat-german-{name}-{width}")


def ask(page: Page, text: str = "Wie spät ist es?") -> None:
    expect(page.locator("#send")).to_be_enabled()
    page.get_by_label("Ihre Frage", exact=True).fill(text)
    page.get_by_label("Ihre Frage", exact=True).press("Enter")


def ask_and_wait(page: Page, text: str = "Wie spät ist es?") -> None:
    before = page.locator("#messages > .assistant:visible").count()
    ask(page, text)
    expect(page.locator("#messages > .assistant:visible")).to_have_count(before + 1)
    expect(last(page).locator(".facts")).to_contain_text("(das Standardmodell)")
    expect(page.locator("#send")).to_be_visible()


def last(page: Page) -> Any:
    return page.locator("#messages > .assistant:visible").last


def test_an_answer_is_german_while_it_is_written_and_when_it_is_stopped(
    seite: Page, fake: FakeProvider
) -> None:
    expect(seite.get_by_text("The talker antwortet, wenn Sie kein anderes")).to_be_visible()
    is_german(seite, "empty")
    fake.script(SSE_HEAD + event(chunk("<think>Hm.</think>" + CODE + "\n\nEnde")), HANG)
    ask(seite)
    expect(last(seite).get_by_role("button", name="Kopieren")).to_be_visible()
    expect(last(seite).get_by_role("link", name="Bild")).to_be_visible()
    expect(last(seite).locator(".note")).to_have_text("The talker schreibt …")
    is_german(seite, "writing")
    seite.get_by_role("button", name="Stoppen").click()
    expect(last(seite).locator(".note")).to_have_text(
        re.compile(r"Von Ihnen gestoppt \(\d+ Wörter\)\.")
    )
    expect(last(seite).locator(".thoughts > summary")).to_have_text("1 s nachgedacht")
    expect(last(seite).get_by_role("button", name="Fortsetzen", exact=True)).to_be_visible()
    is_german(seite, "stopped")


def test_an_answer_is_edited_tried_again_and_judged_in_german(
    seite: Page, fake: FakeProvider
) -> None:
    fake.script(http(200, openai_stream(CODE), "text/event-stream"))
    ask_and_wait(seite)
    expect(seite.get_by_role("status").filter(has_text="Antwort vollständig")).to_be_visible()
    last(seite).get_by_text("Details").click()
    expect(last(seite).locator(".facts")).to_contain_text(
        "(das Standardmodell) · erstes Wort nach 0,"
    )
    last(seite).get_by_role("button", name="Erneut versuchen").click()
    expect(seite.get_by_role("group", name="Fassungen dieser Antwort")).to_have_text(
        re.compile("2/2")
    )
    last(seite).get_by_role("button", name="Schlechte Antwort").click()
    form = seite.get_by_role("form", name="Rückmeldung")
    form.get_by_label("Was stimmt nicht?").select_option("Etwas fehlt")
    is_german(seite, "feedback")
    form.get_by_role("button", name="Senden").click()
    expect(last(seite).get_by_text("Danke.")).to_be_visible()
    seite.get_by_role("button", name="Bearbeiten").click()
    expect(seite.get_by_text("Sie bearbeiten eine frühere Frage")).to_be_visible()
    is_german(seite, "editing")
    seite.get_by_label("Ihre Frage", exact=True).press("Enter")
    expect(seite.get_by_text("3 frühere Nachrichten, ersetzt")).to_be_visible()


def test_a_failure_is_german_and_its_record_is_not(
    seite: Page, fake: FakeProvider, portal: Portal
) -> None:
    fake.script(http(500, {"error": {"message": "CUDA out of memory"}}))
    ask(seite)
    expect(last(seite).locator(".note")).to_have_text("The talker funktioniert im Moment nicht.")
    last(seite).locator(".why > summary").click()
    expect(last(seite).get_by_text("CUDA out of memory")).to_be_visible()
    expect(last(seite).get_by_role("button", name="Mit listed versuchen")).to_be_visible()
    is_german(seite, "failed")
    error = portal.manage(
        "shell", "-v0", "-c",
        "from chat.models import Message; print(Message.objects.filter(state='failed').last().error)",
    )  # fmt: skip
    assert "funktioniert" not in error.stdout
    seite.locator("#model-chat").select_option("keyless:silent")
    ask(seite)
    expect(seite.get_by_role("alert")).to_contain_text("silent ist noch nicht eingerichtet.")
    is_german(seite, "refused")


def test_files_are_german(seite: Page, expected: list[str]) -> None:
    expected.append("415")
    pick = seite.locator("#pick")
    pick.set_input_files([packed("brief.txt", "Grüße".encode("latin-1")), packed("leer.txt", b"")])
    chip = seite.locator("#chips > .file:not([aria-busy])")
    expect(chip).to_contain_text("Text · 5 Bytes · etwa 7 Token")
    expect(chip).to_contain_text("Vermutete Zeichenkodierung")
    expect(seite.get_by_role("alert")).to_contain_text("„leer.txt“ ist leer.")
    is_german(seite, "files")
    chip.get_by_role("button", name="brief.txt", exact=True).click()
    expect(seite.get_by_role("button", name="Schließen")).to_be_visible()
    is_german(seite, "file")


def test_the_list_of_conversations_is_german(seite: Page) -> None:
    ask_and_wait(seite, "Eine Frage zur Ablage")
    expect(seite.get_by_role("heading", name="Heute")).to_be_visible()
    entry = seite.locator("#conversations .conversation").first
    entry.locator("summary").click()
    is_german(seite, "menu")
    with seite.expect_download() as download:
        entry.get_by_role("link", name="Als Markdown exportieren").click()
    assert "## Sie (" in download.value.path().read_text()
    entry.get_by_role("button", name="In einen Ordner verschieben").click()
    seite.get_by_label("Ordner", exact=True).fill("Ablage")
    is_german(seite, "folder")
    seite.get_by_label("Ordner", exact=True).press("Enter")
    entry.locator("summary").click()
    entry.get_by_role("button", name="Oben anheften").click()
    expect(seite.get_by_role("heading", name="Angeheftet")).to_be_visible()
    entry.locator("summary").click()
    entry.get_by_role("button", name="Umbenennen").click()
    expect(seite.get_by_label("Neuer Titel")).to_be_focused()
    is_german(seite, "rename")


def test_prompts_and_instructions_are_german(seite: Page, portal: Portal) -> None:
    seite.get_by_label("Ihre Frage", exact=True).press("/")
    expect(seite.get_by_role("heading", name="Prompt verwenden")).to_be_visible()
    is_german(seite, "use-prompt")
    seite.goto(f"{portal.url}/prompts")
    seite.get_by_label("Titel").fill("Brief")
    seite.get_by_label("Prompt", exact=True).fill("Schreibe.")
    seite.get_by_role("button", name="Speichern").click()
    expect(seite.get_by_role("status")).to_have_text("„Brief“ ist gespeichert.")
    is_german(seite, "prompts")
    seite.goto(f"{portal.url}/account/instructions")
    seite.get_by_role("button", name="Speichern").click()
    expect(seite.get_by_role("status")).to_have_text("Gelöscht.")
    is_german(seite, "instructions")


def test_a_temporary_conversation_is_german(seite: Page) -> None:
    seite.get_by_role("link", name="Temporäre Unterhaltung").click()
    expect(seite.get_by_text("Diese Unterhaltung ist temporär")).to_be_visible()
    ask_and_wait(seite)
    is_german(seite, "temporary")
