"""Open pages update themselves when the registry changes, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import (
    needs_chromium,
    shot,
    sign_in,
)
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

pytestmark = needs_chromium


def set_primary(portal: Portal, model: str, **more: str) -> None:
    body = {"capability": "chat", "model": model, **more}
    assert portal.post("/v1/ai/models/primary", body, who="olga").status_code == 200


def test_an_open_page_shows_a_switch(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal, "ann")
    page.goto(f"{running_portal.url}/models")
    page.evaluate("window.same = true")
    set_primary(running_portal, "fake:other/name:v2", reason="the talker is tired")
    defaults = page.locator("dl.defaults")
    expect(defaults).to_contain_text("set by olga", timeout=2500)
    expect(defaults).to_contain_text("the talker is tired")
    expect(page.locator(".changes")).to_contain_text("fake:talker → fake:other/name:v2")
    assert page.evaluate("window.same"), "the page was not reloaded"
    shot(page, "models-switched")


def test_tabs_update_and_a_removed_tab_shows_a_message(
    page: Page, running_portal: Portal, expected: list[str]
) -> None:
    expected.append("400")  # the options of the removed capability
    sign_in(page, running_portal)
    page.goto(f"{running_portal.url}/models?capability=vision")
    text = running_portal.models.read_text()
    running_portal.models.write_text(text.replace("[vision]", "[vision, hearing]"))
    expect(page.get_by_role("link", name="hearing")).to_be_visible(timeout=2500)
    running_portal.models.write_text(text.replace("[vision]", "[hearing]"))
    expect(page.get_by_role("alert")).to_contain_text("'vision' is not a capability", timeout=4000)
    page.wait_for_url(f"{running_portal.url}/models")
    page.goto(f"{running_portal.url}/models?capability=vision")  # a bookmark
    expect(page.get_by_role("alert")).to_contain_text(
        "Known: chat, sql, embeddings, rerank, transcription, image_generation, title, hearing."
    )


def test_a_changed_list_keeps_focus_and_scroll(page: Page, running_portal: Portal) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, running_portal)
    page.goto(f"{running_portal.url}/models")
    page.get_by_role("link", name="Make default for embeddings").last.focus()
    scrolled = page.evaluate("scrollY")
    set_primary(running_portal, "fake:other/name:v2")
    expect(page.locator("dl.defaults")).to_contain_text("set by olga", timeout=2500)
    assert abs(page.evaluate("scrollY") - scrolled) < 200  # a line more above it
    assert page.evaluate("document.activeElement.textContent") == "Make default for embeddings"


def test_the_dropdown_of_an_open_chat_updates(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal, "ann")
    options = page.locator("#model-chat option")
    expect(options.first).to_contain_text("Default: The talker")
    set_primary(running_portal, "fake:other/name:v2")
    expect(options.first).to_contain_text("Default: other/name:v2", timeout=2500)
    text = running_portal.models.read_text()
    running_portal.models.write_text(
        text.replace("talker: {", "fresh: {capabilities: [chat]}\n      talker: {")
    )
    expect(page.locator("#model-chat option[value='fake:fresh']")).to_have_count(1, timeout=2500)


def test_an_open_dropdown_updates_after_it_is_closed(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal, "ann")
    page.get_by_role("combobox", name="Model").click()
    set_primary(running_portal, "fake:other/name:v2")
    page.wait_for_timeout(1500)
    options = page.locator("#model-chat option")
    expect(options.first).to_contain_text("Default: The talker")
    page.locator("#question").focus()
    expect(options.first).to_contain_text("Default: other/name:v2", timeout=2500)


def test_staff_see_a_warning_on_an_open_page_until_it_is_fixed(
    page: Page, running_portal: Portal
) -> None:
    sign_in(page, running_portal)
    text = running_portal.models.read_text()
    running_portal.models.write_text(text.replace("[chat]", "[chta]", 1))
    banner = page.locator(".banner")
    expect(banner).to_contain_text("'chta' is not a capability", timeout=2500)
    running_portal.models.write_text(text)
    expect(banner).to_have_count(0, timeout=2500)


def test_a_page_retries_when_a_worker_is_behind(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal)
    page.route("**/models/banner", lambda route: route.fulfill(body=""), times=1)
    text = running_portal.models.read_text()
    running_portal.models.write_text(text.replace("[chat]", "[chta]", 1))
    expect(page.locator(".banner")).to_contain_text("'chta' is not a capability", timeout=5000)


def test_an_open_page_shows_a_provider_whose_calls_fail(
    page: Page, running_portal: Portal, fake: FakeProvider
) -> None:
    sign_in(page, running_portal, "ann")
    page.goto(f"{running_portal.url}/models")
    row = page.locator(".provider", has_text="fake:talker")
    expect(row.locator("h3 .badge")).to_have_text("healthy", timeout=4000)
    expect(row).to_contain_text("checked")
    for _ in range(3):  # its list of models still works: only calls fail
        fake.script(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        assert running_portal.chat().status_code == 502
    expect(row.locator("h3 .badge")).to_have_text("has problems", timeout=4000)


def test_an_open_list_refreshes_the_ages_of_its_checks(page: Page, portal: Portal) -> None:
    sign_in(page, portal, "ann")
    with page.expect_response(
        lambda r: "/models" in r.url and "hx-request" in r.request.headers, timeout=17_000
    ):
        page.goto(f"{portal.url}/models")


def test_an_empty_chat_shows_the_default_model(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal, "ann")
    welcome = page.locator("#welcome")
    expect(welcome).to_contain_text("The talker answers")
    set_primary(running_portal, "fake:other/name:v2")
    expect(welcome).to_contain_text("other/name:v2 answers", timeout=2500)
    page.locator("#model-chat").select_option("fake:patient")
    page.locator("#question").focus()
    text = running_portal.models.read_text()
    running_portal.models.write_text(text.replace("patient:", "impatient:"))
    expect(welcome).to_contain_text("No model answers, unless you choose another", timeout=2500)
