"""A person who acts before the server has rendered the last answer, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.chat.page.chat_page import answers, box, send
from tests.support.browser import needs_chromium
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import SSE_HEAD, openai_stream

pytestmark = needs_chromium


@pytest.fixture(params=["stored", "temporary"])
def talk(request: pytest.FixtureRequest, chat: Page) -> Page:
    if request.param == "temporary":
        chat.get_by_role("link", name="Temporary conversation").click()
        expect(send(chat)).to_be_enabled()
    fake: FakeProvider = request.getfixturevalue("fake")
    box(chat).fill("Hello?")
    box(chat).press("Enter")
    expect(answers(chat).last.locator(".facts")).to_contain_text("the default")
    fake.script(SSE_HEAD + openai_stream("The second"))
    return chat


@contextmanager
def held_rendering(page: Page) -> Iterator[None]:
    """Hold what the server renders until the block ends."""
    path = re.compile(r"/chat/(rendered|messages/|[-0-9a-f]{36}/messages)")
    held: list[Route] = []
    page.route(path, lambda route: held.append(route))
    yield
    while not held:
        page.wait_for_timeout(10)
    for route in held:
        route.continue_()
        assert route.request.response()
    page.unroute(path)


def again(page: Page) -> None:
    answers(page).last.get_by_role("button", name="Try again").click()


def edit(page: Page) -> None:
    page.get_by_role("button", name="Edit").last.click()
    box(page).fill("Goodbye?")
    box(page).press("Enter")


def ask(page: Page) -> None:
    box(page).fill("And then?")
    box(page).press("Enter")


@pytest.mark.parametrize(
    ("first", "second", "more"), [(again, again, 0), (again, edit, 0), (edit, ask, 1)]
)
def test_what_is_asked_next_waits_for_it(
    talk: Page,
    fake: FakeProvider,
    first: Callable[[Page], None],
    second: Callable[[Page], None],
    more: int,
) -> None:
    rendered = threading.Event()
    fake.script(SSE_HEAD, rendered, openai_stream("The third"))
    with held_rendering(talk):
        first(talk)
        expect(answers(talk).last.locator(".body")).to_have_text("The second")
        shown = answers(talk).count()
        second(talk)
    rendered.set()
    expect(answers(talk).last.locator(".body")).to_have_text("The third")
    expect(answers(talk).last.locator(".facts")).to_contain_text("the default")
    expect(answers(talk)).to_have_count(shown + more)
    expect(box(talk)).to_have_value("")
