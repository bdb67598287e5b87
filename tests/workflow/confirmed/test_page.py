"""Confirming on the page, in a browser: the button, the sentence, and the list with stale ones."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.workflow.confirmed.portal import (
    SQL,
    _confirming,
    confirmed,
    confirming,
    execute,
    listed,
)
from tests.workflow.portal import COUNT, QUESTION, says

__all__ = ["_confirming", "browser", "confirming", "expected", "page"]
pytestmark = needs_chromium
STALE = '{"tables": {"tours": {}}, "meanings": {}}'


def ask(page: Page, portal: Portal, who: str, question: str = QUESTION) -> None:
    sign_in(page, portal, who)
    page.goto(f"{portal.url}/workflow")
    page.get_by_label("Tables", exact=True).select_option(label="Our concerts")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Done.")).to_be_visible()


def test_a_query_is_confirmed_as_it_is_shown_and_answers_from_then_on(
    page: Page, confirming: Portal, fake: FakeProvider
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    says(fake, {"query": COUNT}, SQL)
    ask(page, confirming, "ann")
    page.get_by_role("button", name="Confirm", exact=True).click()
    part = page.locator("#confirm-part")
    expect(part).to_contain_text("Confirmed by ann on 20")
    expect(part).to_contain_text("The same question gets this query, and no model is asked.")
    expect(part).not_to_contain_text("It replaces")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(part).to_contain_text("It replaces the query that was confirmed on 20")
    assert flaws(page) == []
    calls = len(fake.posts)
    ask(page, confirming, "ann", "how many concerts were there in 2014")
    expect(page.locator(".basis").first).to_contain_text("A person confirmed this query")
    expect(page.locator(".basis").first).to_contain_text("Confirmed by ann on 20")
    shot(page, "confirmed-answer")
    assert len(fake.posts) == calls
    stored = str(rows(confirming, "SELECT answer FROM workflow_inquiry ORDER BY id DESC LIMIT 1"))
    assert "confirmed" in stored
    assert '"by": "ann"' not in stored, "a name is read again, for those who may see it"
    page.reload()
    expect(page.locator(".basis").first).to_contain_text("Confirmed by ann on 20")


def test_a_model_is_asked_instead_if_that_is_wanted(
    page: Page, confirming: Portal, fake: FakeProvider
) -> None:
    confirmed(confirming)
    ask(page, confirming, "ann")
    assert fake.posts == []
    page.get_by_label("Your question").fill("Something else, which is being typed")
    says(fake, {"query": COUNT}, SQL)
    page.get_by_role("button", name="Ask a model instead").click()
    expect(page.locator(".basis").first).not_to_contain_text("A person confirmed")
    asked = fake.posts[0].body["messages"][-1]["content"]
    assert f"<question>\n{QUESTION}\n</question>" in asked


def test_others_see_no_button_and_no_name(page: Page, confirming: Portal) -> None:
    confirmed(confirming)
    ask(page, confirming, "carl")
    expect(page.locator(".basis").first).to_contain_text("Confirmed on 20")
    assert "ann" not in page.locator("#result").inner_text().split()
    expect(page.get_by_role("button", name="Confirm", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Confirmed questions").click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw")).to_have_count(0)
    assert "by ann" not in page.locator("#confirmations").inner_text()


def test_the_list_shows_why_one_is_stale_and_what_to_do(page: Page, confirming: Portal) -> None:
    confirmed(confirming)
    execute(confirming, f"UPDATE workflow_confirmation SET parts = '{STALE}'")
    sign_in(page, confirming, "bert")
    page.goto(f"{confirming.url}/workflow/confirmed")
    expect(page.get_by_role("heading", name="Our concerts")).to_be_visible()
    expect(page.locator("article")).to_contain_text("There is no table tours any more.")
    assert flaws(page) == []
    shot(page, "confirmed-questions")
    page.get_by_role("button", name="Confirm again").click()
    expect(page.get_by_role("status").filter(has_text="Confirmed again.")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm again")).to_have_count(0)
    expect(page.get_by_text("Replaced on 20")).to_be_visible()
    (row,) = listed(confirming)
    assert row["stale"] == []
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Withdrawn on 20")).to_be_visible()
    assert listed(confirming) == []


def test_the_list_is_german_for_germans(confirming: Portal) -> None:
    confirmed(confirming)
    execute(confirming, f"UPDATE workflow_confirmation SET parts = '{STALE}'")
    html = confirming.post("/workflow/confirmations", {}, headers={"Accept-Language": "de"}).text
    assert "Die Tabelle tours gibt es nicht mehr." in html
    assert "Erneut bestätigen" in html
    assert "Confirm" not in html.replace("data-confirm", "")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("confirm", {"inquiry": 999_999, "ir": {}, "written": "sqlite"}, 404),
        ("confirm-again", {"id": 999_999}, 404),
        ("withdraw", {"id": 999_999}, 404),
    ],
)
def test_what_is_not_there_is_not_changed(
    confirming: Portal, path: str, body: dict[str, Any], status: int
) -> None:
    assert confirming.post(f"/workflow/{path}", body).status_code == status


def test_rows_of_others_are_not_there(confirming: Portal) -> None:
    row = confirmed(confirming)
    for path in ("confirm-again", "withdraw"):
        assert (
            confirming.post(f"/workflow/{path}", {"id": row["id"]}, who="otto").status_code == 404
        )
        assert (
            confirming.post(f"/workflow/{path}", {"id": row["id"]}, who="carl+sql").status_code
            == 403
        )
    assert QUESTION not in confirming.post("/workflow/confirmations", {}, who="otto").text
    assert [one["id"] for one in listed(confirming)] == [row["id"]]
