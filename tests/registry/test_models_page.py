"""The models page, and what open pages follow: in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.registry.editing import wait_for
from tests.support.browser import (
    browser,
    expected,
    flaws,
    needs_chromium,
    page,
    portal,
    shot,
    sign_in,
)
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

__all__ = ["browser", "expected", "page", "portal"]  # fixtures
pytestmark = needs_chromium


@pytest.fixture
def mine(own_portal: Portal, expected: list[str]) -> Portal:
    """A portal for this test alone, whose end the browser may notice."""
    expected += ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    own_portal.start()
    return own_portal


def set_primary(portal: Portal, model: str, **more: str) -> None:
    body = {"capability": "chat", "model": model, **more}
    assert portal.post("/v1/ai/models/primary", body, who="olga").status_code == 200


def test_a_tab_shows_the_models_of_one_capability(page: Page, portal: Portal) -> None:
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/models")
    page.get_by_role("link", name="embeddings", exact=True).click()
    expect(page.get_by_role("heading", name="Models for embeddings")).to_be_visible()
    expect(page.get_by_text("fake:embedder").first).to_be_visible()
    expect(page.get_by_text("fake:other/name:v2")).to_have_count(0)
    expect(page.get_by_text("For operators")).to_have_count(0)
    page.get_by_role("link", name="vision", exact=True).click()
    expect(page.get_by_text("There is no model for vision that you may use.")).to_be_visible()
    assert flaws(page) == []


def test_an_open_page_shows_a_switch(page: Page, mine: Portal) -> None:
    sign_in(page, mine, "ann")
    page.goto(f"{mine.url}/models")
    page.evaluate("window.same = true")
    set_primary(mine, "fake:other/name:v2", reason="the talker is tired")
    told = page.locator("dl.defaults")
    expect(told).to_contain_text("set by olga", timeout=2500)
    expect(told).to_contain_text("the talker is tired")
    expect(page.locator(".changes")).to_contain_text("fake:talker → fake:other/name:v2")
    assert page.evaluate("window.same"), "the page was not loaded anew"
    shot(page, "models-switched")


def test_tabs_update_and_a_removed_tab_shows_a_message(
    page: Page, mine: Portal, expected: list[str]
) -> None:
    expected.append("400")  # the options of a capability that is gone
    sign_in(page, mine)
    page.goto(f"{mine.url}/models?capability=vision")
    text = mine.models.read_text()
    mine.models.write_text(text.replace("[vision]", "[vision, hearing]"))
    expect(page.get_by_role("link", name="hearing")).to_be_visible(timeout=2500)
    mine.models.write_text(text.replace("[vision]", "[hearing]"))
    expect(page.get_by_role("alert")).to_contain_text("'vision' is not a capability", timeout=4000)
    page.wait_for_url(f"{mine.url}/models")
    page.goto(f"{mine.url}/models?capability=vision")  # a bookmark
    expect(page.get_by_role("alert")).to_contain_text("Known: chat, sql, embeddings, hearing.")


def test_a_changed_list_keeps_focus_and_scroll(page: Page, mine: Portal) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, mine)
    page.goto(f"{mine.url}/models")
    page.get_by_role("link", name="Switch").first.focus()
    page.evaluate("document.querySelector('#models .scroll').scrollLeft = 90")
    set_primary(mine, "fake:other/name:v2")
    expect(page.locator("dl.defaults")).to_contain_text("set by olga", timeout=2500)
    assert page.evaluate("document.querySelector('#models .scroll').scrollLeft") == 90
    assert page.evaluate("document.activeElement.textContent") == "Switch"


def test_the_dropdown_of_an_open_chat_updates(page: Page, mine: Portal) -> None:
    sign_in(page, mine, "ann")
    options = page.locator("#model-chat option")
    expect(options.first).to_contain_text("Default: The talker")
    set_primary(mine, "fake:other/name:v2")
    expect(options.first).to_contain_text("Default: other/name:v2", timeout=2500)
    text = mine.models.read_text()
    mine.models.write_text(
        text.replace("talker: {", "fresh: {capabilities: [chat]}\n      talker: {")
    )
    expect(page.locator("#model-chat option[value='fake:fresh']")).to_have_count(1, timeout=2500)


def test_an_open_dropdown_updates_after_it_is_closed(page: Page, mine: Portal) -> None:
    sign_in(page, mine, "ann")
    page.locator("#model-chat").focus()
    set_primary(mine, "fake:other/name:v2")
    page.wait_for_timeout(1500)
    options = page.locator("#model-chat option")
    expect(options.first).to_contain_text("Default: The talker")
    page.locator("#question").focus()
    expect(options.first).to_contain_text("Default: other/name:v2", timeout=2500)


def test_staff_see_a_warning_on_an_open_page_until_it_is_fixed(page: Page, mine: Portal) -> None:
    sign_in(page, mine)
    text = mine.models.read_text()
    mine.models.write_text(text.replace("[chat]", "[chta]", 1))
    banner = page.locator(".banner")
    expect(banner).to_contain_text("'chta' is not a capability", timeout=2500)
    mine.models.write_text(text)
    expect(banner).to_have_count(0, timeout=2500)


def test_a_page_retries_when_a_worker_is_behind(page: Page, mine: Portal) -> None:
    sign_in(page, mine)
    page.route("**/models/banner", lambda route: route.fulfill(body=""), times=1)
    text = mine.models.read_text()
    mine.models.write_text(text.replace("[chat]", "[chta]", 1))
    expect(page.locator(".banner")).to_contain_text("'chta' is not a capability", timeout=5000)


def test_a_provider_whose_calls_fail_shows_on_an_open_page(
    page: Page, mine: Portal, fake: FakeProvider
) -> None:
    sign_in(page, mine, "ann")
    page.goto(f"{mine.url}/models")
    row = page.locator("tr", has_text="fake:talker")
    expect(row.locator(".badge")).to_have_text("healthy", timeout=4000)
    expect(row).to_contain_text("checked")
    for _ in range(3):  # its list of models still is answered: only calls tell
        fake.script(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        assert mine.chat().status_code == 502
    expect(row.locator(".badge")).to_have_text("has problems", timeout=4000)


def test_an_operator_switches_and_goes_back(page: Page, mine: Portal) -> None:
    sign_in(page, mine)
    page.goto(f"{mine.url}/models?capability=chat")
    page.get_by_label("Default model").select_option("pond:frog")
    page.get_by_label("Reason").fill("a trial")
    page.get_by_role("button", name="Make primary").click()
    expect(page.get_by_role("status").filter(has_text="pond:frog answers")).to_be_visible()
    expect(page.locator("dl.defaults")).to_contain_text("a trial")
    assert flaws(page) == []
    shot(page, "models-operator")
    page.get_by_role("button", name="Reset to the file").click()
    expect(page.locator("dl.defaults")).to_contain_text("from models.yaml")
    assert mine.get("/v1/ai/models").json()["primaries"] == {}


def test_a_deprecated_model_is_marked_and_rejected(
    page: Page, mine: Portal, expected: list[str]
) -> None:
    expected.append("409")
    text = mine.models.read_text()
    old = "talker: {capabilities: [chat], deprecated: true, replacement: 'fake:other/name:v2',"
    mine.models.write_text(text.replace("talker: {capabilities: [chat],", old))
    sign_in(page, mine)
    page.goto(f"{mine.url}/models?capability=chat")
    expect(page.locator("tr", has_text="fake:talker")).to_contain_text(
        "Deprecated: use fake:other/name:v2", timeout=2500
    )
    page.reload()
    page.get_by_label("Default model").select_option("fake:talker")
    page.get_by_label("Reason").fill("out of habit")
    page.get_by_role("button", name="Make primary").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("'fake:talker' is deprecated. Use 'fake:other/name:v2'.")
    shot(page, "models-deprecated")
    expect(page.get_by_label("Default model")).to_have_value("fake:talker")
    expect(page.get_by_label("Reason")).to_have_value("out of habit")
    page.get_by_label("Even if deprecated").check()
    page.get_by_role("button", name="Make primary").click()
    expect(page.get_by_role("status").filter(has_text="fake:talker answers")).to_be_visible()


def test_users_without_the_permission_cannot_switch(mine: Portal) -> None:
    ann = mine.sign_in("ann")
    form = {"capability": "chat", "model": "pond:frog"}
    assert ann.post(f"{mine.url}/models/primary", data=form, timeout=5).status_code == 403
    assert ann.post(f"{mine.url}/models/probe", timeout=5).status_code == 403
    assert mine.get("/v1/ai/models").json()["primaries"] == {}


def test_the_operators_dropdown_updates_and_keeps_the_choice(page: Page, mine: Portal) -> None:
    sign_in(page, mine)
    page.goto(f"{mine.url}/models?capability=chat")
    page.get_by_label("Default model").select_option("pond:frog")
    page.get_by_label("Reason").fill("half a thought")
    text = mine.models.read_text()
    mine.models.write_text(
        text.replace("talker: {", "fresh: {capabilities: [chat]}\n      talker: {")
    )
    expect(page.locator("#primary option[value='fake:fresh']")).to_have_count(1, timeout=2500)
    expect(page.get_by_label("Default model")).to_have_value("pond:frog")
    expect(page.get_by_label("Reason")).to_have_value("half a thought")


def test_the_list_is_refreshed_for_its_ages(page: Page, portal: Portal) -> None:
    sign_in(page, portal, "ann")
    with page.expect_response(
        lambda r: "/models" in r.url and "hx-request" in r.request.headers, timeout=17_000
    ):
        page.goto(f"{portal.url}/models")


def test_a_check_shows_that_it_has_started(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    page.get_by_role("button", name="Check the providers now").click()
    expect(page.get_by_text("The providers are being checked; the list updates.")).to_be_visible()


def test_an_empty_chat_shows_the_default_model(page: Page, mine: Portal) -> None:
    sign_in(page, mine, "ann")
    told = page.locator("#welcome")
    expect(told).to_contain_text("The talker answers")
    set_primary(mine, "fake:other/name:v2")
    expect(told).to_contain_text("other/name:v2 answers", timeout=2500)
    page.locator("#model-chat").select_option("fake:patient")
    page.locator("#question").focus()
    text = mine.models.read_text()
    mine.models.write_text(text.replace("patient:", "impatient:"))
    expect(told).to_contain_text("No model answers, unless you choose another", timeout=2500)


def test_a_long_name_makes_no_page_wide(page: Page, mine: Portal) -> None:
    text = mine.models.read_text()
    long = f"{'x' * 200}: {{capabilities: [chat]}}\n      talker: {{"
    mine.models.write_text(text.replace("talker: {", long))
    wait_for(mine, lambda found: found["revision"] == mine.revision)
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, mine)
    for path in ("/models?capability=chat", "/admin/registry/models/", "/admin/registry/defaults/"):
        page.goto(mine.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        tables = page.evaluate("[...document.querySelectorAll('table')].map(t => t.offsetWidth)")
        assert all(width < 1000 for width in tables), path
