"""Trying an edit of models.yaml in the admin, and reloading the file."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.registry.pages.browsing import admin
from tests.support.browser import (
    needs_chromium,
    shot,
    sign_in,
)
from tests.support.portal import FAKE_KEY, Portal


@needs_chromium
def test_a_dry_run_shows_what_an_edit_would_do(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal)
    page.goto(admin(running_portal, "dry-run/"))
    text = running_portal.models.read_text()
    expect(page.locator("#text")).to_have_value(text)
    page.locator("#text").fill(text.replace("talker: {capabilities: [chat]", "t: {capabilities: [chat]")
                               .replace('"fake:talker"', '"pond:frog"'))  # fmt: skip
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("section h2")).to_contain_text("adds model fake:t")
    expect(page.locator("section")).to_contain_text("which answers for chat")
    shot(page, "admin-dry-run-good")
    page.locator("#text").fill(text.replace("[chat]", "[chta]", 1))
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("section h2")).to_have_text("It is invalid")
    expect(page.locator("section")).to_contain_text("'chta' is not a capability")
    assert "fake:talker" in running_portal.get("/v1/ai/models").text


def test_a_dry_run_does_not_look_up_variables(portal: Portal) -> None:
    """Otherwise an address with a variable would reveal whether it is set, and its value."""

    def dry_run(text: str) -> Any:
        return portal.post("/v1/ai/models/dry-run", {"text": text}, who="olga").json()

    text = portal.models.read_text()
    assert dry_run(text) == {"valid": True, "summary": "changes nothing", "errors": [],
                           "warnings": [], "changes": []}  # fmt: skip
    probe = text.replace("http://127.0.0.1:${FAKE_PORT}/v1", "http://${FAKE_KEY}.example/v1", 1)
    assert FAKE_KEY not in str(dry_run(probe))
    unset = text.replace(
        "http://127.0.0.1:${FAKE_PORT}/v1", "http://${NEVER_SET_AT_ALL}.example/v1", 1
    )
    assert dry_run(probe)["changes"] == dry_run(unset)["changes"]


def test_a_reload_shows_its_changes_or_the_mistakes(own_portal: Portal) -> None:
    own_portal.variables["RELOAD_SECONDS"] = "0"
    own_portal.start()
    olga = own_portal.sign_in("olga")
    text = own_portal.models.read_text()
    own_portal.models.write_text(text.replace("[chat]", "[chta]", 1))
    page_text = olga.post(admin(own_portal, "actions/reload"), timeout=5).text
    assert "&#x27;chta&#x27; is not a capability" in page_text
    own_portal.models.write_text(
        text.replace("talker: {", "extra: {capabilities: [chat]}\n      talker: {")
    )
    page_text = olga.post(admin(own_portal, "actions/reload"), timeout=5).text
    assert '<span lang="en">adds model fake:extra</span>' in page_text
    assert "fake:extra" in own_portal.get("/v1/ai/models").text


def test_a_dry_run_works_where_the_file_needs_variables(own_portal: Portal) -> None:
    text = own_portal.models.read_text()
    with_default = text.replace("http://127.0.0.1:${CLOSED_PORT}/v1", "${ODD:-please set ODD}", 1)
    own_portal.models.write_text(with_default)
    own_portal.variables["ODD"] = "http://127.0.0.1:9/v1"
    own_portal.start()

    def dry_run(text: str) -> Any:
        return own_portal.post("/v1/ai/models/dry-run", {"text": text}, who="olga").json()

    assert dry_run(with_default)["changes"] == []
    (change,) = dry_run(with_default.replace("${ODD:-please set ODD}", "${ODD:-http://x/v1}"))[
        "changes"
    ]
    assert (change["kind"], change["what"], change["name"]) == ("changes", "provider", "closed")
