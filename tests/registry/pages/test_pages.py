"""The pages, in a real browser: signing in and out, models, tokens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Response, expect

from tests.support.browser import (
    flaws,
    link,
    needs_chromium,
    open_account,
    shot,
    sign_in,
    sign_out,
)
from tests.support.portal import Portal

pytestmark = needs_chromium


def test_a_link_signs_in_and_out_again(page: Page, portal: Portal) -> None:
    page.goto(link(portal))
    assert flaws(page) == []
    shot(page, "sign-in-link")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")
    sign_out(page)
    page.wait_for_url("**/sign-in")
    page.goto(f"{portal.url}/")
    assert "/sign-in?next=/" in page.url


def test_a_password_signs_in_and_a_wrong_one_is_reported(
    page: Page, portal: Portal, expected: list[str]
) -> None:
    portal.manage("create_token", "paula")
    portal.set_password("paula", "correct horse")
    page.goto(f"{portal.url}/models")
    page.get_by_label("Name").fill("paula")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert flaws(page) == []
    shot(page, "sign-in-wrong")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/models")


def test_the_models_are_listed_with_their_health(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="The talker")).to_be_visible()
    expect(page.locator(".provider", has_text="closed:gone")).to_contain_text("not reachable")
    assert flaws(page) == []
    shot(page, "models")


def test_a_token_is_made_shown_once_and_revoked(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    open_account(page)
    page.get_by_role("link", name="Tokens").click()
    page.get_by_label("Name").fill("my script")
    page.get_by_label("Valid for").select_option("7")
    page.get_by_role("button", name="Create a token").click()
    token = page.locator(".secret").inner_text()
    assert portal.get("/v1/ai/models", who=token).status_code == 200
    assert flaws(page) == []
    expect(page.locator("#call")).to_contain_text(f'Bearer {token}"')
    expect(page.locator("#call")).to_contain_text('"model": "fake:talker"')
    shot(page, "tokens")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token
    page.get_by_role("link", name="Done").click()
    assert token not in page.content()
    page.get_by_label("Revoke my script …").click()
    expect(page.get_by_text("Programs that use “my script” stop working at once.")).to_be_visible()
    assert portal.get("/v1/ai/models", who=token).status_code == 200
    page.get_by_role("button", name="Revoke my script").click()
    expect(page.get_by_role("status").filter(has_text="Revoked my script.")).to_be_visible()
    page.wait_for_timeout(600)  # AUTH_CACHE_SECONDS
    assert portal.get("/v1/ai/models", who=token).status_code == 401


@pytest.mark.parametrize("path", ["/", "/workflow", "/models", "/tokens", "/account"])
def test_scripts_are_modules_with_names_that_browsers_cache_for_ever(
    page: Page, portal: Portal, path: str
) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/healthz")  # has no script
    without = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(portal.url + path, wait_until="networkidle")
    assert set(page.evaluate("Object.getOwnPropertyNames(window)")) - without == {"htmx"}
    assert page.locator("script:not([type=module])").count() <= 2, "htmx, and the result's JSON"
    files = [response for response in responses if "/static/" in response.url]
    assert any("/static/portal/socket." in file.url for file in files), "an import of an import"
    for file in files:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", file.url)
        assert "immutable" in file.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/", "/models", "/tokens", "/account/security", "/account/password", "/account/confirm"],
)
def test_a_narrow_screen_does_not_scroll_sideways(page: Page, portal: Portal, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, portal)
    page.goto(portal.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, f"narrow{path.replace('/', '-')}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_read_in_light_and_dark(page: Page, portal: Portal, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, portal)
    for path in (
        "/",
        "/models",
        "/tokens",
        "/account",
        "/account/security",
        "/account/password",
        "/account/confirm",
    ):
        page.goto(portal.url + path)
        assert flaws(page) == []


def test_staff_see_a_bad_edit(page: Page, own_portal: Portal, expected: list[str]) -> None:
    expected += ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    own_portal.start()
    text = own_portal.models.read_text()
    own_portal.models.write_text(text.replace("[chat]", "[chta]", 1))
    sign_in(page, own_portal)
    banner = page.locator(".banner")
    expect(banner).to_contain_text("'chta' is not a capability. Did you mean 'chat'?")
    expect(page.get_by_label("Your question")).to_be_in_viewport()
    assert flaws(page) == []
    shot(page, "banner")


def test_a_404_page_has_the_sites_layout(page: Page, portal: Portal, expected: list[str]) -> None:
    expected.append("404")
    sign_in(page, portal)
    page.goto(f"{portal.url}/nothing-here")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(page.get_by_role("link", name="Chat", exact=True)).to_be_visible()
    shot(page, "404")


def test_pages_redirect_to_the_sign_in(page: Page, portal: Portal) -> None:
    for path in ("/", "/docs", "/models", "/tokens"):
        page.goto(portal.url + path)
        assert re.search(r"/sign-in\?next=" + path, page.url)
    assert flaws(page) == []
    shot(page, "sign-in")
