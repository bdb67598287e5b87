"""The workflow's page while the database does not answer: the models' work is shown, not stored."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, needs_chromium, page
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.databases import locked
from tests.workflow.portal import COUNT, QUESTION, _workflow, says, works
from tests.workflow.tab import SQL, ask, asked, tab

__all__ = ["_workflow", "browser", "expected", "page", "tab", "works"]
pytestmark = needs_chromium
WARNING = "The answer is not stored. The portal's database does not answer."


def test_an_answer_that_cannot_be_stored_is_shown(
    tab: Page, works: Portal, fake: FakeProvider
) -> None:
    says(fake, {"query": COUNT}, SQL)
    with locked(works, "workflow_inquiry"):
        ask(tab)
        expect(tab.get_by_role("status").filter(has_text=WARNING)).to_be_visible(timeout=40_000)
        expect(tab.locator("#query")).to_contain_text("2014")
        assert tab.url == f"{works.url}/workflow"
    tab.reload()
    expect(tab.get_by_label("Your question")).to_have_value(QUESTION)  # the draft stays
    asked(tab, fake)
    assert tab.url != f"{works.url}/workflow"
