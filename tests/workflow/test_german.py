"""The workflow's page and shares in German: nothing of them is left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browser, flaws, listen, needs_chromium, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.leftovers import leftovers
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import COUNT, SCHEMA, _workflow, says, works
from tests.workflow.tab import SQL

__all__ = ["_workflow", "browser", "works"]
pytestmark = needs_chromium
NAMES = {"unknown", "name"}  # of a model, and of columns
FRAGE = "Wie viele Konzerte gab es 2014?"


@pytest.fixture
def seite(browser: Any, works: Portal) -> Iterator[Page]:
    """The workflow's page of a browser that asks for German."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    messages = listen(page)
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/workflow")
    yield page
    context.close()
    assert messages == []


def english(page: Page) -> list[str]:
    return [text for text in leftovers(page) if text not in NAMES]


def is_german(page: Page, name: str) -> None:
    """Check what the page shows, at both widths, and take its pictures."""
    assert english(page) == []
    assert flaws(page) == []
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        shot(page, f"german-{name}-{width}")


def ask(page: Page, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT}, SQL)
    page.get_by_label("Ihre Frage", exact=True).fill(FRAGE)
    page.get_by_label("Ihre Frage", exact=True).press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Fertig.")).to_be_visible()


def test_a_question_is_asked_run_and_edited_in_german(seite: Page, fake: FakeProvider) -> None:
    expect(seite.get_by_role("heading", name="Daten befragen")).to_be_visible()
    is_german(seite, "empty")
    seite.get_by_label("Tabellen", exact=True).select_option(label="Our concerts")
    ask(seite, fake)
    expect(seite.get_by_text("Zwei Modelle haben dieselbe Abfrage geschrieben.")).to_be_visible()
    seite.get_by_role("button", name="Ausführen auf: Our concerts").click()
    expect(seite.get_by_role("heading", name="1 Zeile", exact=True)).to_be_visible()
    seite.get_by_text("Was die Modelle geschrieben haben").click()
    is_german(seite, "rows")
    seite.get_by_label("Zeilen filtern").fill("yaer = 2015")
    seite.get_by_label("Zeilen filtern").blur()
    expect(seite.locator(".card.wrong .issues")).to_contain_text(
        "Fehler: No table in FROM has a column 'yaer'"
    )
    is_german(seite, "edited")
    seite.get_by_role("button", name="year verwenden").click()
    expect(seite.locator("#sql")).to_contain_text("2015")
    seite.reload()
    expect(seite.get_by_text("Geändert, seit die Modelle sie geschrieben haben.")).to_be_visible()
    expect(seite.locator("#steps-part ol")).to_have_attribute("lang", "en")  # of the explanation
    is_german(seite, "stored")


def test_two_readings_are_german(seite: Page, fake: FakeProvider) -> None:
    seite.get_by_label("CREATE-TABLE-Anweisungen").fill(SCHEMA)
    says(fake, {"query": COUNT}, "SELECT COUNT(*) AS n FROM concert WHERE year >= 2014")
    seite.get_by_label("Ihre Frage", exact=True).fill(FRAGE)
    seite.get_by_label("Ihre Frage", exact=True).press("Control+Enter")
    expect(seite.get_by_role("heading", name="Was ist gemeint?")).to_be_visible()
    expect(seite.locator(".readings strong")).to_have_text("The first returns 0, the second 1.")
    is_german(seite, "readings")
    seite.get_by_label("Zeilen filtern").fill("year > 2014")
    seite.get_by_label("Zeilen filtern").blur()
    seite.get_by_text("Was Ihre Änderung bewirkt").click()
    is_german(seite, "edit-changes")
    seite.get_by_role("button", name="Die erste behalten").click()
    expect(seite.locator("#sql")).to_contain_text("year = 2014")


def test_an_example_and_saved_tables_are_german(seite: Page) -> None:
    seite.get_by_role("button", name="Welche fünf Kunden").click()
    expect(seite.get_by_text("Menschen haben das SQL vorbereitet")).to_be_visible()
    is_german(seite, "example")
    seite.get_by_label("Diese Tabellen speichern als").fill("Laden")
    seite.get_by_role("button", name="Speichern").click()
    expect(seite.locator("#status")).to_have_text("Gespeichert als Laden.")
    expect(seite.locator("#ddl-says")).to_contain_text("Tabellen: customers (3 Spalten)")
    assert english(seite) == []


def test_a_failure_is_german(seite: Page, fake: FakeProvider) -> None:
    fake.script(http(500, {"error": {"message": "broken"}}))
    seite.get_by_label("CREATE-TABLE-Anweisungen").fill(SCHEMA)
    seite.get_by_label("Ihre Frage", exact=True).fill(FRAGE)
    seite.get_by_role("button", name="Fragen", exact=True).click()
    expect(seite.get_by_role("alert")).to_contain_text(re.compile(r"Nach \d+ s\."))
    expect(seite.get_by_role("button", name=re.compile("^Mit .* versuchen$"))).to_be_visible()
    is_german(seite, "failed")
    seite.reload()
    expect(seite.get_by_role("button", name=re.compile("^Mit .* versuchen$"))).to_be_visible()
    assert english(seite) == []


def test_a_share_is_german(seite: Page, fake: FakeProvider) -> None:
    seite.get_by_label("CREATE-TABLE-Anweisungen").fill(SCHEMA)
    ask(seite, fake)
    seite.get_by_role("link", name="Teilen").click()
    is_german(seite, "share-new")
    seite.get_by_text("Alle, die angemeldet sind").click()
    seite.get_by_role("button", name="Teilen", exact=True).click()
    expect(seite.get_by_role("status").first).to_contain_text("ist geteilt")
    is_german(seite, "shares")
    seite.get_by_role("link", name=FRAGE).first.click()
    today = seite.evaluate("new Date().toLocaleDateString('de', {dateStyle: 'medium'})")
    expect(seite.get_by_text(f"Geteilt von ann, Stand {today}")).to_be_visible()
    is_german(seite, "shared")
