"""The workflow's page under test: a tab that shows it, and asking."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, says

SQL = "```sql\nSELECT COUNT(*) AS n FROM concert WHERE year = 2014\n```"


@pytest.fixture
def tab(page: Page, works: Portal) -> Page:
    """The workflow's page, signed in, with a schema."""
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/workflow")
    page.get_by_label("CREATE TABLE statements").fill(SCHEMA)
    return page


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Control+Enter")


def asked(page: Page, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT}, SQL)
    ask(page)
    expect(page.get_by_role("status").filter(has_text="Done.")).to_be_visible()


def put(page: Page, label: str, text: str) -> None:
    """Write into a card, and leave it."""
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_label(label, exact=True).blur()


def hold(page: Page, path: str, seconds: float = 0.6) -> None:
    """Let answers of `path` take their time."""
    slow = f"setTimeout(resolve, {seconds * 1000})"
    page.evaluate(
        "path => { const real = fetch; window.fetch = (to, ...rest) => real(to, ...rest).then((answer)"
        f" => to === path ? new Promise(resolve => {slow}).then(() => answer) : answer); }}",
        path,
    )
