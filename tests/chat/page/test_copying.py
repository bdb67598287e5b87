"""What people take from an answer: copies and prints, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask_and_wait
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import SSE_HEAD, openai_stream

pytestmark = needs_chromium

TEXT = """Some **bold** text, and $x^2$.

| Region | Quarter | Growth | A rather long title | Another long title | And one more |
|---|--:|:-:|---|---|---|
| North | 1 | 2 | 3 | 4 | 5 |

- [x] done

مرحبا بالعالم.

$$
\\frac{a}{b}
$$

```py
x = 1
```
"""
READ = """async (kind) => {
  const [item] = await navigator.clipboard.read();
  return item.types.includes(kind) ? (await item.getType(kind)).text() : null;
}"""


@pytest.fixture
def answered(chat: Page, fake: FakeProvider) -> Page:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fake.script(SSE_HEAD + openai_stream(TEXT))
    ask_and_wait(chat)
    return chat


def press(page: Page, name: str) -> None:
    actions = answers(page).first.locator(".actions")
    actions.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Copied.")


def test_copy_has_rich_text_and_markdown(answered: Page) -> None:
    press(answered, "Copy")
    assert answered.evaluate(READ, "text/plain") == TEXT
    html = answered.evaluate(READ, "text/html")
    assert "<strong>bold</strong>" in html
    assert "<math" in html
    assert "<button" not in html


def test_copy_markdown_has_markdown_alone(answered: Page) -> None:
    press(answered, "Copy Markdown")
    assert answered.evaluate(READ, "text/plain") == TEXT
    assert answered.evaluate(READ, "text/html") is None


def test_selected_formulas_are_copied_as_their_source(answered: Page) -> None:
    answers(answered).first.locator(".body").evaluate(
        "(body) => getSelection().selectAllChildren(body)"
    )
    answered.keyboard.press("Control+c")
    text = answered.evaluate("navigator.clipboard.readText()")
    assert "Some bold text, and $x^2$." in text
    assert "$$\\frac{a}{b}$$" in text


def test_an_answer_looks_right(answered: Page) -> None:
    body = answers(answered).first.locator(".body")
    expect(body.locator("math")).to_have_count(2)
    aligned = body.locator("th").evaluate_all(
        "(cells) => cells.map((cell) => getComputedStyle(cell).textAlign)"
    )
    assert aligned[:4] == ["start", "end", "center", "start"]
    paragraph = body.get_by_text("مرحبا")
    assert paragraph.evaluate("(p) => getComputedStyle(p).direction") == "rtl"
    whole = """(cells) => cells.map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    })"""
    assert body.locator("th").evaluate_all(whole)[:3] == [1, 1, 1], "no word is broken"
    assert flaws(answered) == []
    shot(answered, "chat-answer")


def test_a_print_has_messages_only(answered: Page) -> None:
    answered.emulate_media(media="print")
    expect(answered.locator(".body").first).to_be_visible()
    for name in (".site", "#sidebar", "#composer", ".actions", ".bar button"):
        expect(answered.locator(name).first).to_be_hidden()
    shot(answered, "chat-print")


def test_the_page_stays_under_100_kb(chat: Page) -> None:
    sizes = """performance.getEntriesByType("resource")
      .reduce((sum, entry) => sum + entry.transferSize, 0)"""
    assert chat.reload()
    assert chat.evaluate(sizes) < 100_000
