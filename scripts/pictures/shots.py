"""The pictures: for each its name, whose page it shows, and what is done before it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import Page, expect

from scripts.pictures.shop import CHANGE, CONFIRMED_QUESTION, QUESTION, READINGS_QUESTION

if TYPE_CHECKING:
    from collections.abc import Callable


def nothing(page: Page) -> None:
    """The page is shown as it opens."""


class Shot(NamedTuple):
    """A picture of the page at `path`, as `user` sees it; without one, signed out."""

    name: str
    path: str
    user: str = "ann"
    before: Callable[[Page], None] = nothing
    dark: bool = False
    width: int = 1280


def wait_for_formula(page: Page) -> None:
    expect(page.locator(".message.assistant math").first).to_be_visible()


def run_question(page: Page) -> None:
    page.locator("#inquiries a", has_text=QUESTION).click()
    page.locator("#run").click()
    expect(page.locator("#rows .chart")).to_be_visible()
    page.evaluate("document.querySelector('#status').textContent = ''")
    page.evaluate("scrollTo(0, 0)")


def open_readings(page: Page) -> None:
    page.locator("#inquiries a", has_text=READINGS_QUESTION).click()
    expect(page.get_by_role("region", name="Which do you mean?")).to_be_visible()


def open_confirmed(page: Page) -> None:
    page.locator("#inquiries a", has_text=CONFIRMED_QUESTION).click()
    page.locator("#run").click()
    expect(page.locator("#rows")).to_contain_text("Chair")
    page.evaluate("document.querySelector('#status').textContent = ''")
    page.evaluate("scrollTo(0, 0)")


def change_in_words(page: Page) -> None:
    page.locator("#inquiries a", has_text=QUESTION).click()
    page.get_by_label("What to change in the query").fill(CHANGE)
    page.get_by_label("What to change in the query").press("Enter")
    expect(page.locator("#changes li")).to_have_count(1)
    page.locator("#change summary").click()
    page.evaluate("document.querySelector('#status').textContent = ''")
    page.evaluate("scrollTo(0, 0)")


CHAT = "/chat/00000000-0000-4000-8000-000000000001"  # as in `content`
SHOTS = (
    Shot("chat", CHAT, before=wait_for_formula),
    Shot("chat-dark", CHAT, before=wait_for_formula, dark=True),
    Shot("chat-narrow", CHAT, before=wait_for_formula, width=390),
    Shot("compare-models", "/compare/00000000-0000-4000-8000-000000000003"),
    Shot("ask-your-data", "/workflow", before=run_question),
    Shot("which-do-you-mean", "/workflow", before=open_readings),
    Shot("change-in-words", "/workflow", before=change_in_words),
    Shot("confirmed-answer", "/workflow", before=open_confirmed),
    Shot("confirmed-questions", "/workflow/confirmed", user="olga"),
    Shot("models", "/models"),
    Shot("tokens", "/tokens"),
    Shot("account", "/account"),
    Shot("how-i-sign-in", "/account/security"),
    Shot("my-instructions", "/account/instructions"),
    Shot("what-i-share", "/account/shares"),
    Shot("shared", "/shared/00000000-0000-4000-8000-000000000002"),
    Shot("prompts", "/prompts"),
    Shot("usage", "/usage?from=2026-02-03&until=2026-03-02"),
    Shot("usage-of-all", "/usage/all?from=2026-02-03&until=2026-03-02", user="olga"),
    Shot("feedback", "/feedback"),
    Shot("developers", "/developers"),
    Shot("api-reference", "/docs"),
    Shot("admin", "/admin/", user="olga"),
    Shot("sign-in", "/sign-in", user=""),
)
