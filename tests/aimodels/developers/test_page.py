"""The page for developers in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import flaws, needs_chromium, open_account, shot, sign_in
from tests.support.portal import Portal


@needs_chromium
def test_a_developer_creates_a_token_chooses_a_model_and_copies(page: Page, portal: Portal) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, portal, "ann")
    open_account(page)
    page.get_by_role("link", name="Developers").click()
    assert flaws(page) == []
    page.get_by_label("What will use it").fill("A script of mine")
    page.get_by_role("button", name="Create a token").click()
    page.get_by_role("region", name="Your new token").get_by_role("button", name="Copy").click()
    expect(page.locator("#status")).to_have_text("Copied.")
    token = page.evaluate("navigator.clipboard.readText()").removeprefix("export PORTAL_TOKEN=")
    assert portal.get("/v1/models", who=token).status_code == 200
    page.get_by_label("Model", exact=True).select_option("fake:embedder")
    programs = page.get_by_role("region", name="Embeddings")
    expect(programs).to_contain_text('"model": "fake:embedder"')
    assert page.url.endswith("model=fake%3Aembedder")
    programs.get_by_text("Python", exact=True).click()
    programs.get_by_role("button", name="Copy").locator("visible=true").click()
    expect(page.locator("#status")).to_have_text("Copied.")
    assert "client.embeddings.create" in page.evaluate("navigator.clipboard.readText()")
    assert flaws(page) == []
    shot(page, "developers")


@needs_chromium
def test_a_token_without_a_name_is_refused_and_the_page_says_why(
    page: Page, portal: Portal, expected: list[str]
) -> None:
    expected += ["400"]
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/developers")
    page.get_by_label("What will use it").evaluate("input => input.required = false")
    page.get_by_role("button", name="Create a token").click()
    expect(page.get_by_role("alert")).to_contain_text("The token was not created")


def test_the_page_shows_no_model_that_the_reader_may_not_use(portal: Portal) -> None:
    page = portal.sign_in("ann").get(f"{portal.url}/developers?model=fake:secret", timeout=20).text
    assert "fake:secret" not in page
