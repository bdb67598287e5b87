"""The temperature and the length of answers, which models.yaml lets people choose or not."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.support.socket_client import Frame, SocketClient

__all__ = ["browser", "expected", "page"]
MODELS = """
models:
  defaults: {chat: "fake:free"}
  fake:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry:
      free: {capabilities: [chat], adjustable: [temperature, max_tokens], fallback: ["fake:half"], options: {temperature: 0.2}}
      half: {capabilities: [chat], adjustable: [temperature], options: {max_tokens: 50}}
      fixed: {capabilities: [chat]}
"""


@pytest.fixture
def portal(module_portal: Portal, fake: FakeProvider) -> Portal:
    return module_portal


def ask(portal: Portal, **fields: Any) -> Frame:
    """Ask, and return the last frame."""
    with SocketClient(portal) as client:
        client.begin(**fields)
        return client.until("done", "error")[-1]


def test_chosen_values_win_over_the_options(portal: Portal, fake: FakeProvider) -> None:
    for fields in ({}, {"temporary": True}):
        assert ask(portal, temperature=1.5, max_tokens=7, **fields)["type"] == "done"
        assert (fake.posts[-1].body["temperature"], fake.posts[-1].body["max_tokens"]) == (1.5, 7)


@pytest.mark.parametrize("temporary", [True, False])
@pytest.mark.parametrize(
    ("model", "fields", "name"),
    [
        ("fake:fixed", {"temperature": 1}, "temperature"),
        ("fake:half", {"temperature": 1, "max_tokens": 9}, "max_tokens"),
        ("fake:unlisted", {"temperature": 0}, "temperature"),
        ("fake:free", {"temperature": 2.1}, "temperature"),
        ("fake:free", {"max_tokens": 0}, "max_tokens"),
    ],
)
def test_what_may_not_be_chosen_is_refused(
    portal: Portal, fake: FakeProvider, model: str, fields: dict[str, float], name: str, temporary: bool
) -> None:  # fmt: skip
    error = ask(portal, model=model, temporary=temporary, **fields)["error"]
    assert (error["code"], error["param"]) == ("invalid_request", name)
    assert fake.posts == []


def test_a_model_that_answers_instead_gets_what_it_allows(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(http(503, b"{}"))
    assert ask(portal, temperature=1.5, max_tokens=7, fallback=True)["type"] == "done"
    assert fake.posts[-1].body["model"] == "half"
    assert (fake.posts[-1].body["temperature"], fake.posts[-1].body["max_tokens"]) == (1.5, 50)


@needs_chromium
def test_the_page_offers_what_the_model_allows(
    portal: Portal, page: Page, fake: FakeProvider
) -> None:
    sign_in(page, portal)
    page.get_by_text("Settings of the answer").click()
    page.get_by_label("Temperature").fill("1.5")
    page.get_by_label("Greatest length").fill("0")
    page.get_by_label("Your question").fill("Hello?")
    page.get_by_label("Your question").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("1")
    page.get_by_label("Greatest length").fill("64")
    assert flaws(page) == []
    shot(page, "chat-adjusting")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator("#messages > .assistant .facts")).to_contain_text("in all")
    body = fake.posts[-1].body
    assert (body["temperature"], body["max_tokens"]) == (1.5, 64)
    page.locator("#model-chat").select_option("fake:half")
    expect(page.get_by_label("Greatest length")).to_be_hidden()
    page.locator("#model-chat").select_option("fake:fixed")
    expect(page.get_by_text("Settings of the answer")).to_be_hidden()
    page.get_by_label("Your question").fill("And now?")
    page.get_by_label("Your question").press("Enter")
    assert "temperature" not in fake.wait_for_post(count=2).body
