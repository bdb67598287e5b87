"""Signing in and out at the provider, in a real browser."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, sign_out
from tests.support.portal import Portal
from tests.support.servers.openid_provider import OpenIDProvider

__all__ = ["browser", "expected", "page"]  # fixtures
pytestmark = needs_chromium


def test_a_person_signs_in_and_out_at_the_provider(
    page: Page, sso: Portal, openid: OpenIDProvider, expected: list[str], fake: Any
) -> None:
    expected.append("ERR_NAME_NOT_RESOLVED")  # the provider's pages load a style from elsewhere
    openid.know("b-1", preferred_username="bea")
    page.goto(f"{sso.url}/tokens")
    page.get_by_role("button", name="Sign in with Example ID").click()
    page.wait_for_url(re.compile(re.escape(openid.url)))
    page.locator("input[name=sub]").first.fill("b-1")
    page.get_by_role("button", name=re.compile("authorize|sign in", re.IGNORECASE)).first.click()
    page.wait_for_url(f"{sso.url}/tokens")
    expect(page.locator("#show-account")).to_have_text("bea")
    sign_out(page)
    page.wait_for_url(re.compile(re.escape(f"{openid.url}/oauth2/end_session")))


def test_a_refusal_at_the_provider_is_told(
    page: Page, sso: Portal, openid: OpenIDProvider, expected: list[str], fake: Any
) -> None:
    expected += ["403", "ERR_NAME_NOT_RESOLVED"]
    page.goto(f"{sso.url}/sign-in")
    assert flaws(page) == []
    page.get_by_role("button", name="Sign in with Example ID").click()
    page.wait_for_url(re.compile(re.escape(openid.url)))
    page.get_by_role("button", name=re.compile("deny|cancel", re.IGNORECASE)).first.click()
    expect(page.get_by_role("alert")).to_contain_text("You cancelled it")
    assert flaws(page) == []
