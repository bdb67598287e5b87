"""The models page, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.registry.editing import wait_for
from tests.support.browser import (
    flaws,
    needs_chromium,
    shot,
    sign_in,
)
from tests.support.portal import Portal

pytestmark = needs_chromium


def test_a_tab_shows_the_models_of_one_capability(page: Page, portal: Portal) -> None:
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/models")
    page.get_by_role("link", name="embeddings", exact=True).click()
    expect(page.get_by_role("heading", name="Models for embeddings")).to_be_visible()
    expect(page.get_by_text("fake:embedder").first).to_be_visible()
    expect(page.get_by_text("fake:other/name:v2")).to_have_count(0)
    expect(page.get_by_role("link", name="Make default")).to_have_count(0)
    expect(page.get_by_role("link", name="rerank")).to_have_count(0)  # no model has it
    expect(page.locator("dl.defaults")).not_to_contain_text("rerank")
    page.get_by_role("link", name="vision", exact=True).click()
    expect(page.get_by_text("There is no model for vision that you may use.")).to_be_visible()
    assert flaws(page) == []


def card(page: Page, name: str) -> Locator:
    return page.locator(".card", has=page.get_by_text(name, exact=True))


def test_an_operator_switches_on_the_row_and_goes_back(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal)
    page.goto(f"{running_portal.url}/models")
    card(page, "pond:frog").get_by_role("link", name="Make default for chat").click()
    expect(page.locator("dl.defaults")).to_contain_text("fake:talker")
    expect(page.locator("dl.defaults")).to_contain_text("pond:frog")
    expect(page.get_by_text("2 people can sign in.")).to_be_visible()
    assert flaws(page) == []
    shot(page, "models-confirm")
    page.get_by_label("Reason").fill("a trial")
    page.get_by_role("button", name="Make it the default").click()
    expect(page.get_by_role("status").filter(has_text="pond:frog answers")).to_be_visible()
    expect(page.locator("dl.defaults")).to_contain_text("a trial")
    expect(card(page, "pond:frog")).to_contain_text("default for chat")
    assert flaws(page) == []
    shot(page, "models-operator")
    page.get_by_role("link", name="Return to the file").click()
    page.get_by_role("button", name="Return to the file").click()
    expect(page.locator("dl.defaults")).to_contain_text("from models.yaml")
    assert running_portal.get("/v1/ai/models").json()["primaries"] == {}


def test_a_switch_to_a_restricted_model_says_who_loses_the_default(
    page: Page, portal: Portal
) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models/switch?capability=chat&model=club:secret")
    expect(page.get_by_text("for them there will be no default.")).to_be_visible()


def test_a_deprecated_model_is_marked_and_rejected(
    page: Page, running_portal: Portal, expected: list[str]
) -> None:
    expected.append("409")
    text = running_portal.models.read_text()
    old = "frog: {capabilities: [chat], deprecated: true, replacement: 'fake:other/name:v2',"
    running_portal.models.write_text(text.replace("frog: {capabilities: [chat],", old))
    sign_in(page, running_portal)
    page.goto(f"{running_portal.url}/models?capability=chat")
    expect(card(page, "pond:frog")).to_contain_text(
        "Deprecated: use fake:other/name:v2", timeout=2500
    )
    card(page, "pond:frog").get_by_role("link", name="Make default for chat").click()
    page.get_by_label("Reason").fill("out of habit")
    page.get_by_role("button", name="Make it the default").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("'pond:frog' is deprecated. Use 'fake:other/name:v2'.")
    shot(page, "models-deprecated")
    expect(page.get_by_label("Reason")).to_have_value("out of habit")
    page.get_by_label("Although it is deprecated").check()
    page.get_by_role("button", name="Make it the default").click()
    expect(page.get_by_role("status").filter(has_text="pond:frog answers")).to_be_visible()


def test_models_are_searched_and_chosen_for_a_chat(page: Page, portal: Portal) -> None:
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/models")
    expect(page.locator("#provider-fake")).to_contain_text("healthy")
    expect(page.locator(".badge.healthy", has_text="healthy")).to_have_count(3)  # once a provider
    page.get_by_label("Search models").fill("frog")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_label("Search models").fill("nothing like it")
    expect(page.get_by_text("No model matches “nothing like it”.")).to_be_visible()
    page.get_by_label("Search models").fill("frog")
    card(page, "pond:frog").get_by_role("link", name="Chat with it").click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("frog")
    assert page.url == f"{portal.url}/"


def test_users_without_the_permission_cannot_switch(running_portal: Portal) -> None:
    ann = running_portal.sign_in("ann")
    form = {"capability": "chat", "model": "pond:frog"}
    assert ann.post(f"{running_portal.url}/models/primary", data=form, timeout=5).status_code == 403
    assert ann.post(f"{running_portal.url}/models/probe", timeout=5).status_code == 403
    switch = f"{running_portal.url}/models/switch?capability=chat&model=pond:frog"
    assert ann.get(switch, timeout=5).status_code == 403
    assert running_portal.get("/v1/ai/models").json()["primaries"] == {}


def test_a_check_shows_that_it_has_started(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    page.get_by_role("button", name="Check the providers now").click()
    expect(page.get_by_text("The providers are being checked; the list updates.")).to_be_visible()


def test_a_long_name_does_not_widen_a_page(page: Page, running_portal: Portal) -> None:
    text = running_portal.models.read_text()
    with_long_name = f"{'x' * 200}: {{capabilities: [chat]}}\n      talker: {{"
    running_portal.models.write_text(text.replace("talker: {", with_long_name))
    wait_for(running_portal, lambda body: body["revision"] == running_portal.revision)
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, running_portal)
    for path in ("/models?capability=chat", "/admin/registry/models/", "/admin/registry/defaults/"):
        page.goto(running_portal.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        tables = page.evaluate("[...document.querySelectorAll('table')].map(t => t.offsetWidth)")
        assert all(width < 1000 for width in tables), path
