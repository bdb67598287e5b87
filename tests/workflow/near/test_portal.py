"""Near values on the page and in answers; only local models learn them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import (
    browser,
    expected,
    flaws,
    listen,
    needs_chromium,
    page,
    shot,
    sign_in,
)
from tests.support.fake_provider import FakeProvider
from tests.support.leftovers import leftovers
from tests.support.portal import Portal
from tests.workflow.portal import COUNT, QUESTION, SOURCES, build, says, workflow_portal
from tests.workflow.test_values import MODELS

__all__ = ["browser", "expected", "page"]
SHOWN = SOURCES.replace("run: true", "run: true, columns: {concert.title: {values: true}}", 1)
SOURCE = {"schema": {"source": "concerts"}}
LOWER = "SELECT count(*) AS n FROM concert WHERE title = 'spring'"
RIGHT = "SELECT count(*) AS n FROM concert WHERE title = 'Spring'"
SPRING = {"op": "=", "args": [{"column": "title"}, "spring"]}
SAID = "No row of concert has 'spring' in title. Did you mean 'Spring'?"
STORED = """
from workflow.models import Inquiry
one = Inquiry.objects.latest("pk")
print(one.answer, one.edited)
"""


@pytest.fixture(scope="module")
def portal(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("near")
    portal = workflow_portal(portal_files, folder, "uvicorn", SHOWN, models=MODELS)
    yield portal
    portal.stop()
    log = portal.log.read_text()
    assert "Traceback" not in log, log


def codes(answer: dict[str, Any]) -> list[str]:
    return [issue["code"] for issue in answer["issues"]]


def posted(fake: FakeProvider) -> str:
    return json.dumps([post.body for post in fake.posts])


def test_a_local_model_repairs_its_query(portal: Portal, fake: FakeProvider) -> None:
    says(fake, LOWER, RIGHT)
    answer = build(portal, model="house:near", **SOURCE)
    assert SAID in fake.posts[1].body["messages"][-1]["content"]
    assert "'Spring'" in answer["sql_preview"]["sql"]
    assert "near_value" not in codes(answer)
    assert [one["valid"] for one in answer["attempts"]] == [True, True]


def test_a_repair_that_fails_leaves_the_query_as_it_was(portal: Portal, fake: FakeProvider) -> None:
    says(fake, LOWER, "SELECT nonsense FROM concert", "I do not know.")
    answer = build(portal, model="house:near", **SOURCE)
    assert (answer["outcome"], answer["valid"]) == ("ok", True)
    assert "'spring'" in answer["sql_preview"]["sql"]
    assert "near_value" in codes(answer)


@pytest.mark.parametrize("model", ["away:far", "fake:talker"])
def test_another_model_is_told_nothing_and_the_person_is(
    portal: Portal, fake: FakeProvider, model: str
) -> None:
    says(fake, LOWER)
    answer = build(portal, model=model, **SOURCE)
    assert len(fake.posts) == 1
    assert "Spring" not in posted(fake)
    (issue,) = [one for one in answer["issues"] if one["code"] == "near_value"]
    assert (issue["message"], issue["near"]) == (SAID, ["Spring"])


def test_an_agent_is_told_nothing(portal: Portal, fake: FakeProvider) -> None:
    says(fake, LOWER)
    call = {"name": "ask_data_source", "arguments": {"source": "concerts", "question": QUESTION, "model": "house:near"}}  # fmt: skip
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    answer = portal.post("/mcp", message).text
    assert "'spring'" in answer
    assert "Spring" not in answer
    assert len(fake.posts) == 1


def test_a_source_that_runs_nothing_is_not_looked_at(portal: Portal, fake: FakeProvider) -> None:
    says(fake, "SELECT count(*) AS n FROM stadium WHERE name = 'hall'")
    answer = build(portal, model="house:near", schema={"source": "private"})
    assert codes(answer) == []


def ask(page: Page, fake: FakeProvider, source: str, question: str, done: str) -> None:
    says(fake, {"query": {**COUNT, "where": SPRING}}, LOWER)
    page.get_by_label(source, exact=True).select_option(label="Our concerts")
    page.get_by_label(question, exact=True).fill(QUESTION)
    page.get_by_label(question, exact=True).press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text=done)).to_be_visible()


@needs_chromium
def test_a_click_takes_the_near_value(page: Page, portal: Portal, fake: FakeProvider) -> None:
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/workflow")
    ask(page, fake, "Tables", "Your question", "Done.")
    card = page.locator(".card").filter(has_text="Did you mean 'Spring'?")
    expect(card).to_contain_text(SAID)
    assert flaws(page) == []
    shot(page, "near-value")
    card.get_by_role("button", name="Use Spring").click()
    expect(page.locator("#sql")).to_contain_text("'Spring'")
    expect(page.get_by_text(SAID)).to_have_count(0)
    expect(page.get_by_label("Filter rows")).to_have_value("title = 'Spring'")
    page.get_by_role("button", name="Run on Our concerts").click()
    expect(page.locator("#rows")).to_contain_text("1 row")


@needs_chromium
def test_what_is_stored_has_no_value_of_a_row(
    page: Page, portal: Portal, fake: FakeProvider
) -> None:
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/workflow")
    ask(page, fake, "Tables", "Your question", "Done.")
    page.get_by_label("Filter rows").fill("title = 'summer'")
    page.get_by_label("Filter rows").blur()
    expect(page.get_by_role("button", name="Use Summer")).to_be_visible()
    stored = portal.manage("shell", "-c", STORED).stdout
    assert "'summer'" in stored
    assert "Spring" not in stored
    assert "Summer" not in stored


@needs_chromium
def test_the_button_is_german(browser: Any, portal: Portal, fake: FakeProvider) -> None:
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    messages = listen(page)
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/workflow")
    ask(page, fake, "Tabellen", "Ihre Frage", "Fertig.")
    expect(page.get_by_role("button", name="Spring verwenden")).to_be_visible()
    assert [text for text in leftovers(page) if text not in {"unknown", "n", "title"}] == []
    shot(page, "near-value-german")
    page.get_by_role("button", name="Spring verwenden").click()
    expect(page.locator("#sql")).to_contain_text("'Spring'")
    context.close()
    assert messages == []
