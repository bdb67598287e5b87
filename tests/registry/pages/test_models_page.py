"""The models page, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

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
    expect(page.get_by_text("For operators")).to_have_count(0)
    expect(page.get_by_role("link", name="rerank")).to_have_count(0)  # no model has it
    expect(page.locator("dl.defaults")).not_to_contain_text("rerank")
    page.get_by_role("link", name="vision", exact=True).click()
    expect(page.get_by_text("There is no model for vision that you may use.")).to_be_visible()
    assert flaws(page) == []


def test_an_operator_switches_and_goes_back(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal)
    page.goto(f"{running_portal.url}/models?capability=chat")
    page.get_by_label("Default model").select_option("pond:frog")
    page.get_by_label("Reason").fill("a trial")
    page.get_by_role("button", name="Make primary").click()
    expect(page.get_by_role("status").filter(has_text="pond:frog answers")).to_be_visible()
    expect(page.locator("dl.defaults")).to_contain_text("a trial")
    assert flaws(page) == []
    shot(page, "models-operator")
    page.get_by_role("button", name="Reset to the file").click()
    expect(page.locator("dl.defaults")).to_contain_text("from models.yaml")
    assert running_portal.get("/v1/ai/models").json()["primaries"] == {}


def test_a_deprecated_model_is_marked_and_rejected(
    page: Page, running_portal: Portal, expected: list[str]
) -> None:
    expected.append("409")
    text = running_portal.models.read_text()
    old = "talker: {capabilities: [chat], deprecated: true, replacement: 'fake:other/name:v2',"
    running_portal.models.write_text(text.replace("talker: {capabilities: [chat],", old))
    sign_in(page, running_portal)
    page.goto(f"{running_portal.url}/models?capability=chat")
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


def test_users_without_the_permission_cannot_switch(running_portal: Portal) -> None:
    ann = running_portal.sign_in("ann")
    form = {"capability": "chat", "model": "pond:frog"}
    assert ann.post(f"{running_portal.url}/models/primary", data=form, timeout=5).status_code == 403
    assert ann.post(f"{running_portal.url}/models/probe", timeout=5).status_code == 403
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
