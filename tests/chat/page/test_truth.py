"""The chat with real weights: pages in a browser, and the state of the model's server."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import copy_of
from tests.support.browser import needs_chromium, shot, sign_in
from tests.support.embedded import busy_slots, start_model, variables
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient, text_of

pytestmark = pytest.mark.long

SEVERAL_WORDS = re.compile(r"(\w+\W+){5}")
TO_ITS_END = re.compile(
    "Answer complete|The answer is not finished: [1-9]"
)  # finished, or stopped at its length limit
STORY = "Tell me a very long story about a sailor and the sea."


def ask(page: Page, text: str) -> None:
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Enter")


def wait_until_idle(embedded: dict[str, str], seconds: float) -> None:
    end = time.monotonic() + seconds
    while busy_slots(embedded):
        assert time.monotonic() < end, "the model server is still busy"
        time.sleep(0.02)


@needs_chromium
def test_two_tabs_stop_and_reload_and_a_second_user_sees_nothing(
    page: Page, shipped: Portal, embedded: dict[str, str], browser: Any
) -> None:
    sign_in(page, shipped, fresh=True)
    other_tab = page.context.new_page()
    other_tab.goto(shipped.url)
    for tab in (page, other_tab):
        ask(tab, STORY)
    for tab in (page, other_tab):
        expect(tab.locator(".assistant:visible .body")).to_have_text(SEVERAL_WORDS)
    assert busy_slots(embedded) == 2
    time.sleep(2)
    for tab in (page, other_tab):
        tab.get_by_role("button", name="Stop").click()
    wait_until_idle(embedded, 1)
    expect(page.get_by_text("Stopped by you after")).to_be_visible()
    text = page.locator(".assistant:visible .body").inner_text()
    assert len(text.split()) > 10
    page.reload()
    expect(page.get_by_text("Stopped by you after")).to_be_visible()
    reloaded_text = page.locator(".assistant:visible .body").inner_text()
    assert reloaded_text.split() == text.split(), "Markdown moves white space"
    shot(page, "truth-stopped")

    second_user = browser.new_context().new_page()
    sign_in(second_user, shipped, "ann")
    assert "sailor" not in second_user.content()
    assert second_user.goto(page.url).status == 404
    second_user.context.close()


@needs_chromium
def test_closing_the_tab_of_a_temporary_conversation_stops_the_model(
    page: Page, shipped: Portal, embedded: dict[str, str]
) -> None:
    sign_in(page, shipped)
    tab = page.context.new_page()
    tab.goto(f"{shipped.url}/chat/temporary")
    ask(tab, STORY)
    expect(tab.locator(".assistant:visible .body")).to_have_text(SEVERAL_WORDS)
    assert busy_slots(embedded) == 1
    tab.close()
    wait_until_idle(embedded, 1)


@needs_chromium
def test_an_answer_goes_on_without_its_tab_and_is_stopped_in_another(
    page: Page, shipped: Portal, embedded: dict[str, str]
) -> None:
    sign_in(page, shipped)
    addresses = (ask_and_close(page, shipped) for _ in range(5))  # a small model's may be short
    page.goto(next(address for address in addresses if busy_slots(embedded)))
    expect(page.locator(".assistant:visible .body")).to_have_text(SEVERAL_WORDS)
    page.get_by_role("button", name="Stop").click()
    wait_until_idle(embedded, 3)  # the other reader's stop goes through the database


def ask_and_close(page: Page, portal: Portal) -> str:
    """Ask in a tab, close it as the answer begins, and return its address two seconds later."""
    tab = page.context.new_page()
    tab.goto(portal.url)
    ask(tab, STORY)
    expect(tab.locator(".assistant:visible .body")).to_have_text(SEVERAL_WORDS)
    address = tab.url
    tab.close()
    time.sleep(2)
    return address


def test_an_answer_over_a_socket_is_whole_and_counted(shipped: Portal) -> None:
    with SocketClient(shipped) as chat:
        chat.begin("Say hello.")
        frames = chat.until("done", "error", seconds=60)
        assert text_of(frames).strip()
        assert frames[-1]["type"] == "done"
        assert frames[-1]["usage"]["completion_tokens"] > 0
        chat.begin("Say it again.", conversation=frames[0]["conversation"])
        next_frames = chat.until("done", "error", seconds=60)
        assert next_frames[0]["context"] == {"messages_sent": 3, "messages_dropped": 0}
        assert next_frames[-1]["usage"]["prompt_tokens"] > frames[-1]["usage"]["prompt_tokens"]


@pytest.fixture
def alone(portal_files: Portal, tmp_path: Path) -> Iterator[tuple[Portal, dict[str, str]]]:
    """A portal with a model server for this test alone, which the test starts."""
    environment = variables()
    portal = copy_of(portal_files, tmp_path / "alone", **environment)
    text = (ROOT / "models.yaml").read_text()
    assert "max_tokens: 1024" in text  # a busy machine may need minutes for so many
    portal.models.write_text(text.replace("max_tokens: 1024", "max_tokens: 300"))
    portal.variables |= {
        "FIRST_BYTE_TIMEOUT": "20",
        "WHOLE_ANSWER_TIMEOUT": "20",
        "TOTAL_TIMEOUT": "60",
        "IDLE_TIMEOUT": "20",
    }
    portal.start()
    yield portal, environment
    portal.stop()


@needs_chromium
def test_the_chat_recovers_when_the_model_server_restarts(
    alone: tuple[Portal, dict[str, str]], page: Page
) -> None:
    portal, environment = alone
    with start_model(environment) as server:
        sign_in(page, portal)
        ask(page, STORY)
        expect(page.locator(".assistant:visible .body")).to_have_text(SEVERAL_WORDS)
        server.kill()
    expect(page.get_by_text("Broken off after")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert page.locator(".assistant:visible .body").inner_text().strip()
    shot(page, "truth-died")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("does not answer.").first).to_be_visible()
    expect(page.locator("#model-chat option").first).to_contain_text(
        "does not answer", timeout=20_000
    )
    with start_model(environment):
        ask(page, "Say hello.")
        expect(page.get_by_role("status")).to_contain_text(TO_ITS_END, timeout=60_000)
