"""The registry in Django's admin: what staff see, what operators do, and what is hidden."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.registry.editing import wait_for
from tests.registry.pages.browsing import admin
from tests.support.browser import (
    flaws,
    needs_chromium,
    shot,
    sign_in,
)
from tests.support.portal import FAKE_KEY, FAKE_TEAM, Portal

PAGES = ["models", "providers", "defaults", "workers", "configuration", "dry-run"]
FOR_OPERATORS = ["workers", "configuration", "dry-run"]


def make_staff(portal: Portal, name: str) -> None:
    """Create a user who may open the admin, without further permissions."""
    portal.manage("create_token", name)
    program = ("from django.contrib.auth.models import User; "
               f"User.objects.filter(username={name!r}).update(is_staff=True)")  # fmt: skip
    portal.manage("shell", "-c", program)


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
def test_an_operator_sees_each_page(page: Page, portal: Portal, name: str) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/admin/")
    links = page.locator("#content .app-registry a", has_text=re.compile(r"^\S"))
    assert links.count() >= len(PAGES)
    page.goto(admin(portal, f"{name}/"))
    expect(page.locator("#content h1")).to_be_visible()
    shot(page, f"admin-{name}")
    assert [flaw for flaw in flaws(page) if "#content" in flaw or "inspect" in flaw] == []
    assert FAKE_KEY not in page.content()
    assert FAKE_TEAM not in page.content()


def test_staff_without_the_permission_see_the_models_and_change_nothing(
    running_portal: Portal,
) -> None:
    make_staff(running_portal, "stan")
    stan = running_portal.sign_in("stan")
    for name in PAGES:
        code = stan.get(admin(running_portal, f"{name}/"), timeout=5).status_code
        assert code == (403 if name in FOR_OPERATORS else 200), name
    providers = stan.get(admin(running_portal, "providers/"), timeout=5).text
    assert "NEVER_SET" not in providers, "names of variables are for operators"
    assert "Check all now" not in providers
    defaults = stan.get(admin(running_portal, "defaults/"), timeout=5).text
    assert "/admin/registry/change/" not in defaults, "the user may not open the record"
    form = {"capability": "chat", "model": "pond:frog"}
    for action in ("primary", "probe", "reload"):
        assert (
            stan.post(admin(running_portal, f"actions/{action}"), data=form, timeout=5).status_code
            == 403
        )
    assert "Configuration" not in stan.get(f"{running_portal.url}/admin/", timeout=5).text
    assert running_portal.get("/v1/ai/models").json()["primaries"] == {}


def test_users_who_are_not_staff_are_redirected_to_sign_in(portal: Portal) -> None:
    ann = portal.sign_in("ann")
    for name in PAGES:
        response = ann.get(admin(portal, f"{name}/"), timeout=5, allow_redirects=False)
        assert response.status_code == 302
        assert "/admin/login/" in response.headers["Location"]


@needs_chromium
def test_models_are_searched_and_filtered(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(admin(portal, "models/"))
    rows = page.locator("#content tbody tr")
    everything = rows.count()
    page.get_by_label("Search").fill("TALK")
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(1)
    page.goto(admin(portal, "models/?provider=pond&capability=embeddings"))
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("pond:newt:1b")
    expect(rows).to_contain_text(re.compile(r"models\.yaml:\d+"))
    page.goto(admin(portal, "models/?health=unconfigured"))
    expect(rows).to_contain_text("keyless:silent")
    page.goto(admin(portal, "models/?q=nothing-like-that"))
    expect(page.get_by_text("No model matches.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(rows).to_have_count(everything)
    page.get_by_role("link", name="fake:other/name:v2").click()
    expect(page.locator("#content h1")).to_have_text("fake:other/name:v2")
    expect(page.get_by_text("models.fake.registry.other/name:v2.capabilities")).to_be_visible()


def test_values_have_their_line_and_secrets_are_set_or_not_set(portal: Portal) -> None:
    text = portal.sign_in("olga").get(admin(portal, "configuration/"), timeout=5).text
    rows = {
        cells[0]: cells[1:]
        for cells in (
            [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall("<td.*?>(.*?)</td>", row, re.S)]
            for row in re.findall("<tr>(.*?)</tr>", text, re.S)
        )
        if cells
    }  # fmt: skip
    assert rows["models.fake.api_key"][0] == "set"
    assert rows["models.fake.headers.X-Team"][0] == "set"
    assert rows["models.fake.headers.X-Team"][2] == "FAKE_TEAM: set"
    assert rows["models.keyless.api_key"] == [
        "not set: NEVER_SET", f"models.yaml:{line_of(portal, '${NEVER_SET}')}", "NEVER_SET: not set",
    ]  # fmt: skip
    assert rows["models.fake.endpoint"][0].startswith("http://127.0.0.1:")
    assert rows["models.defaults.chat"][0] == "fake:talker"
    assert FAKE_KEY not in text


def line_of(portal: Portal, words: str) -> int:
    lines = portal.models.read_text().splitlines()
    return 1 + next(number for number, line in enumerate(lines) if words in line)


@needs_chromium
def test_a_primary_is_set_with_a_reason_and_recorded(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal)
    page.goto(admin(running_portal, "defaults/"))
    page.locator("#model-chat").select_option("pond:frog")
    page.locator("#reason-chat").fill("frogs are cheap")
    page.locator("form", has=page.locator("#model-chat")).get_by_role(
        "button", name="Set", exact=True
    ).click()
    expect(page.locator(".messagelist")).to_contain_text("pond:frog answers for chat")
    section = page.locator("section", has=page.locator("#model-chat"))
    expect(section).to_contain_text("set by olga")
    expect(section).to_contain_text(f"models.yaml:{line_of(running_portal, 'chat:')}")
    shot(page, "admin-defaults-set")
    page.get_by_role("link", name="record").click()
    row = page.locator("#result_list tbody tr")
    expect(row).to_contain_text("frogs are cheap")
    expect(row).to_contain_text("127.0.0.1")
    expect(row).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    row.get_by_role("link").first.click()
    page.wait_for_url(re.compile("/change/$"))
    expect(page.locator(".field-when")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    expect(page.get_by_role("button", name=re.compile("Save|Delete"))).to_have_count(0)


# ── Hidden values ────────────────────────────────────────────────────────────


def test_models_of_other_groups_are_not_revealed(running_portal: Portal) -> None:
    text = running_portal.models.read_text()
    running_portal.models.write_text(
        text.replace("newt:1b:", "hush: {capabilities: [chat], allow: [insiders]}\n      newt:1b:")
    )
    wait_for(running_portal, lambda body: body["revision"] == running_portal.revision)
    wait_for(running_portal, lambda body: "pond:frog" in body["health"]["pond"]["missing"], 5)
    payload = {"capability": "chat", "model": "club:secret", "reason": "hidden words"}
    assert running_portal.post("/v1/ai/models/primary", payload, who="olga").status_code == 200
    time.sleep(0.6)
    ann = running_portal.sign_in("ann")
    pages = [
        running_portal.get(path).text
        for path in ("/v1/ai/models", "/v1/ai/models/status", "/v1/models")
    ]
    pages += [ann.get(running_portal.url + path, timeout=5).text for path in ("/", "/models", "/models?capability=chat",
             "/models/options/chat")]  # fmt: skip
    for text in pages:
        assert "hush" not in text
        assert "secret" not in text.replace("csp", "")
        assert "hidden words" not in text
    assert "A model that you may not use" not in pages[4]


def test_an_address_is_shown_without_its_path(own_portal: Portal) -> None:
    text = own_portal.models.read_text()
    own_portal.models.write_text(
        text.replace("${CLOSED_PORT}/v1", "${CLOSED_PORT}/${PATH_SECRET}/v1")
    )
    own_portal.variables["PATH_SECRET"] = "hush-hush-123"
    own_portal.start()
    wait_for(own_portal, lambda body: body["health"]["closed"]["status"] == "unreachable", 10)
    assert own_portal.chat(model="closed:gone").status_code == 502
    olga = own_portal.sign_in("olga")
    texts = [own_portal.get("/v1/ai/models/status", who="olga").text, own_portal.log.read_text()]
    texts += [
        olga.get(admin(own_portal, name), timeout=5).text
        for name in ("configuration/", "providers/")
    ]
    assert all("hush-hush-123" not in text for text in texts)
    assert f"http://127.0.0.1:{own_portal.variables['CLOSED_PORT']}" in texts[0]
