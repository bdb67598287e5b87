"""A new portal explains itself to its operator: what is ready, what to set, what to run."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from registry import snapshot
from registry.config.load import load_config
from registry.pages.first_steps import first_steps
from tests.chat.page.chat_page import ask_and_wait
from tests.registry.editing import wait_for
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

MODELS = b"""models:
  openai:
    endpoint: https://api.example.org/v1
    api_key: ${FIRST_KEY}
    headers: {X-Team: "${TEAM}"}
    registry: {a: {capabilities: [chat]}}
  house:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    registry: {tiny: {capabilities: [chat], title: Tiny, demo: true}}
"""


def test_a_step_names_each_variable_and_the_commands() -> None:
    house, openai = first_steps(snapshot.build(load_config(MODELS, {})))
    assert house.ready
    assert house.demo is not None
    assert house.demo.title == "Tiny"
    assert openai.why == "Set FIRST_KEY, TEAM, and start the portal again."
    assert openai.commands[:2] == ("echo 'FIRST_KEY=…' >> .env", "echo 'TEAM=…' >> .env")
    assert openai.commands[2] == "make run"


@needs_chromium
def test_an_operator_sees_it_until_someone_has_asked(
    page: Page, running_portal: Portal, fake: FakeProvider
) -> None:
    text = running_portal.models.read_text()
    running_portal.models.write_text(text.replace("title: The talker,", "title: T, demo: true,"))
    wait_for(running_portal, lambda body: body["revision"] == running_portal.revision)
    sign_in(page, running_portal)
    steps = page.get_by_role("region", name="This portal is new")
    expect(steps).to_contain_text("fake is ready.")
    expect(steps).to_contain_text("keyless is not ready. Set NEVER_SET")
    expect(steps).to_contain_text("echo 'NEVER_SET=…' >> .env")
    expect(steps).to_contain_text("T is a demonstration model.")
    assert flaws(page) == []
    shot(page, "first-steps")
    ask_and_wait(page)
    expect(steps).to_be_hidden()
    page.goto(running_portal.url)
    expect(page.get_by_text("This portal is new")).to_have_count(0)
    page.goto(f"{running_portal.url}/models")
    expect(page.locator(".remedy", has_text="NEVER_SET")).to_be_visible()


@needs_chromium
def test_others_do_not_see_it(page: Page, running_portal: Portal) -> None:
    sign_in(page, running_portal, "ann")
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.get_by_text("This portal is new")).to_have_count(0)
    page.goto(f"{running_portal.url}/models")
    expect(page.get_by_text("NEVER_SET")).to_have_count(0)
