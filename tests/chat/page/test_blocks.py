"""Markdown is rendered while it streams, on the chat page in a real browser."""

from __future__ import annotations

import json
import threading

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.chat.page.chat_page import answers, ask
from tests.chat.test_markdown import HOSTILE
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import SSE_HEAD, chunk, event, openai_stream

pytestmark = needs_chromium

TEXT = """# A title

Some **bold** text with a [late][x] link.

```python
print(1)
```

| a | b |
|---|---|
| 1 | 2 |

The **tail"""
PLACE = """(body) => {
  const table = body.querySelector("table").getBoundingClientRect();
  return [table.top - body.getBoundingClientRect().top, table.left, table.width, table.height];
}"""


def longest_task(trace: bytes) -> float:
    """Return the milliseconds of CPU that the longest task of a page took.

    Tasks of the test's own messages to the page do not count.
    """
    events = json.loads(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: list[float] = [
        event["tdur"] / 1000
        for event in events
        if event["name"].endswith("RunTask")
        and (event["pid"], event["tid"]) in main
        and "mojo" not in event["args"].get("src_file", "")
        and "tdur" in event  # else the trace ended before the task
    ]
    return max(tasks)


def test_blocks_are_rendered_and_the_tail_is_plain(chat: Page, fake: FakeProvider) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    go_on = threading.Event()
    fake.script(
        SSE_HEAD + event(chunk(TEXT)), go_on, openai_stream("**.\n\n[x]: https://x.example")
    )
    ask(chat)
    body = answers(chat).first.locator(".body")
    expect(body.locator("strong")).to_have_text("bold")
    expect(body.locator("td")).to_have_text(["1", "2"])
    expect(body.locator(".tail")).to_have_text("The **tail")
    expect(body).to_contain_text("[late][x]")
    body.get_by_role("button", name="Copy", exact=True).click()
    expect(chat.get_by_role("status")).to_have_text("Copied.")
    assert chat.evaluate("navigator.clipboard.readText()") == "print(1)\n"
    before = body.evaluate(PLACE)
    assert flaws(chat) == []
    shot(chat, "chat-blocks")
    go_on.set()
    expect(body.locator("strong")).to_have_text(["bold", "tail"])
    expect(body.get_by_role("link", name="late")).to_have_attribute("href", "https://x.example")
    assert body.evaluate(PLACE) == before, "nothing jumps"
    expect(body.locator(".tail")).to_have_count(0)


def test_hostile_markdown_runs_and_fetches_nothing(chat: Page, fake: FakeProvider) -> None:
    foreign: list[str] = []
    own = "/".join(chat.url.split("/")[:3])

    def note(request: Request) -> None:
        if not request.url.startswith(own):
            foreign.append(request.url)

    chat.on("request", note)
    chat.on("dialog", lambda dialog: foreign.append(dialog.message))
    pieces = [letter for text in HOSTILE for letter in text.replace("\0", "") + "\n\n"]
    fake.script(SSE_HEAD + openai_stream(*pieces, "end"))
    ask(chat)
    expect(answers(chat).first.locator(".facts")).to_contain_text("in all", timeout=30_000)
    assert (
        chat.locator(".body :is(script, img, iframe, form, style, link, svg, object)").count() == 0
    )
    chat.reload()
    expect(answers(chat).first.locator(".facts")).to_contain_text("in all")
    assert foreign == []


@pytest.mark.long
def test_a_long_answer_streams_smoothly(browser: Browser, chat: Page, fake: FakeProvider) -> None:
    unit = TEXT.replace("[late][x]", "plain") + "** is complete.\n\n"
    text = unit * (100_000 // len(unit))
    steps: list[object] = [SSE_HEAD]
    for start in range(0, len(text), 500):
        steps += [event(chunk(text[start : start + 500])), 0.01]
    go_on = threading.Event()
    fake.script(*steps, event(chunk("The end.")), go_on, openai_stream(""))
    browser.start_tracing(page=chat, categories=["toplevel"])
    ask(chat)
    tail = "() => document.querySelector('.tail')?.textContent"
    while chat.evaluate(tail) != "The end.":
        chat.wait_for_timeout(1_000)  # to ask more often is work for the page
    assert 0 < longest_task(browser.stop_tracing()) < 150
    go_on.set()
    expect(answers(chat).first.locator(".facts")).to_contain_text("in all", timeout=30_000)
    expect(answers(chat).first.locator("table")).to_have_count(text.count("| a |"))
