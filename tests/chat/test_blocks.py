"""Markdown is rendered block by block while it arrives."""

from __future__ import annotations

import random
import time

import pytest

from chat.pages.blocks import MAX_BLOCK, MAX_TEXT
from chat.pages.markdown import MAX_PART, Renderer, render
from tests.chat.test_markdown import HOSTILE, assert_harmless

DOCUMENT = """# Title

Some *text* and `code`.

- a
- b

  more

1. x
2. y

| a | b |
|---|--:|
| 1 | 2 |

```python
def f():

    return 1
```
> quote
> more

    indented

    code

[x]: https://x.example
'title
long'

See [x]. \U0001f600
"""
LINES = ["", "", "", "text", "*b* `c`", "- a", "1. x", "  goes on", "    code", "```", "```py", "~~~",
         "> q", "# H", "===", "---", "| a | b |", "|---|--:|", "| 1 |", "\tTab", "   - deep", "<b>",
         "$$", "\\[", "x^2", "\\]", "- [ ] t"]  # fmt: skip


def streamed(pieces: list[str]) -> str:
    """Return what is rendered when a text arrives in these pieces, and a blank line at its end."""
    renderer = Renderer()
    return "".join(html_of(renderer, piece) for piece in [*pieces, "\n\nend of all\n\n"])


def html_of(renderer: Renderer, text: str) -> str:
    return "".join(part.html for part in renderer.feed(text))


def whole(text: str) -> str:
    return str(render(text + "\n\nend of all\n\n"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_blocks_are_those_of_the_whole_text_in_every_cut(end: str) -> None:
    text = DOCUMENT.replace("\n", end)
    expected = whole(text)
    for cut in range(len(text) + 1):
        assert streamed([text[:cut], text[cut:]]) == expected
    assert streamed(list(text)) == expected


def test_the_blocks_of_random_texts_are_those_of_the_whole_text() -> None:
    seed = random.randrange(2**32)
    source = random.Random(seed)
    for _ in range(200):
        text = "\n".join(source.choices(LINES, k=source.randint(1, 14)))
        # A fence that is open at the end has no block yet.
        end = "\n\nend of all\n\n```\n\n~~~\n\nend\n\n"
        renderer = Renderer()
        html = "".join(html_of(renderer, letter) for letter in text + end)
        assert render(text + end).startswith(html), (seed, text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markup_is_removed_in_every_cut(text: str) -> None:
    for cut in range(len(text) + 1):
        assert_harmless(streamed([text[:cut], text[cut:]]))


COMPLETE = {
    "a\n": "", "a\n\n": "<p ", "```\na\n\nb\n": "", "```\na\n\nb\n```\n": "<pre", "- a\n\n": "",
    "- a\n\n- b\n\n": "", "- a\n\nb\n": "<ul ", "> a\n\n": "<blockquote ", "    a\n\n": "",
    "# a\n": "", "# a\n\n": "<h3 ", "| a |\n|---|\n| 1 |\n": "", "| a |\n|---|\n| 1 |\n\n": "<table>",
}  # fmt: skip


@pytest.mark.parametrize(("text", "part"), COMPLETE.items())
def test_a_block_is_rendered_when_nothing_can_change_it(text: str, part: str) -> None:
    html = html_of(Renderer(), text)
    assert part in html
    assert bool(part) == bool(html)


def test_a_late_reference_counts_at_the_end() -> None:
    text = "See [x].\n\n[x]: https://x.example\n\n"
    renderer = Renderer()
    assert "<a" not in "".join(html_of(renderer, letter) for letter in text)
    assert '<a href="https://x.example"' in render(text)


def test_the_end_counts_as_a_browser_does() -> None:
    renderer = Renderer()
    (part,) = renderer.feed("a \U0001f600\r\n\r\nb")
    assert part.end == 2 + 2 + 4


def test_many_blocks_come_in_parts_that_a_frame_can_paint() -> None:
    text = "Some *text* of a paragraph.\n\n" * 500 + "```\n" + "x\n" * MAX_PART + "```\n\n"
    parts = Renderer().feed(text)
    assert len(parts) < 20
    (large,) = (part.html for part in parts if len(part.html) > MAX_PART)
    assert "<code>" in large, "one block is never cut"
    ends = [part.end for part in parts]
    assert ends == sorted(set(ends))
    assert ends[-1] == len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "- a *b*\n\n",
        "a [b](http://c)\n\n",
        "> a\n",
        "```\na\n\n",
        "[a]: /b\n\n",
        "    a\n\n",
        "a\n",
        "$x$ ",
        "$$\nx\n$$\n\n",
        "\\(",
        "$a ",
    ],
)
def test_the_work_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        renderer = Renderer()
        text = (unit * length)[:length]
        began = time.process_time()
        for start in range(0, length, 10):
            renderer.feed(text[start : start + 10])
        return time.process_time() - began

    seconds(2_000)
    assert seconds(40_000) < 12 * seconds(10_000) + 0.05, "four times the text"


def test_what_is_too_long_stays_plain() -> None:
    assert '<div class="plain">' in render("a\n\n" + "b" * MAX_BLOCK + "\n\n*c*")
    long = "*a*\n\n" * (MAX_TEXT // 5 + 10)
    html = render(long)
    assert html.startswith('<p dir="auto"><em>a</em></p>')
    assert html.endswith("</div>")
