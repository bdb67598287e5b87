"""
A model's Markdown → HTML that can do nothing: no scripts, no images, no attributes of its own.

Two libraries stand behind each other: markdown-it's `js-default` takes HTML in the text for text,
and nh3 lets only what stands in ALLOWED pass. Remote images would tell their server what was said.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from io import StringIO
from typing import TYPE_CHECKING, Any, TypeVar

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

T = TypeVar("T")
MAX_TEXT = 50_000  # characters; what is longer is shown as it is
MAX_CELLS = 4_000  # of tables, counted by their bars
MAX_CODE = 8_000
MAX_KEPT = 64 * 1024  # characters of HTML that are worth remembering
COLOURING_SECONDS = 0.2  # for all code of one text
MAX_BRACKETS = 2_000  # unclosed ones make the parser look back at all the others
ALLOWED = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"}, "code": {"class"}, "div": {"class", "tabindex"}, "ol": {"start"},
    "pre": {"tabindex"}, "span": {"class"},
}  # fmt: skip
# Other lexers can hold a regular expression, and with it the whole process, for seconds over odd
# text. These were measured: at MAX_CODE characters none takes 0.1 s between two tokens.
LANGUAGES = {
    "bash", "c", "c++", "cpp", "cs", "csharp", "css", "diff", "docker", "dockerfile", "go",
    "golang", "graphql", "html", "http", "java", "javascript", "js", "json", "jsx", "kotlin",
    "lua", "nginx", "php", "powershell", "ps1", "py", "python", "python3", "r", "rb", "rs",
    "ruby", "rust", "scala", "sh", "shell", "sql", "swift", "toml", "ts", "tsx", "typescript",
    "xml", "yaml", "yml", "zsh",
}  # fmt: skip
_cleaner = nh3.Cleaner(
    tags=ALLOWED,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # it would be an address of the portal's
    set_tag_attribute_values={"a": {"target": "_blank"}},  # leaving the page would end an answer
)
_formatter = HtmlFormatter(nowrap=True)
_kept: dict[str, SafeString] = {}  # text → HTML, of what was shown lately
_until = ContextVar("_until", default=0.0)


def render(text: str) -> SafeString:
    """Return `text` as harmless HTML."""
    html = _kept.get(text)
    if html is None:
        html = _render(text)
        if len(html) <= MAX_KEPT:
            if len(_kept) >= 200:
                _kept.clear()
            _kept[text] = html
    return html


def _render(text: str) -> SafeString:
    odd = text.count("[") > MAX_BRACKETS or text.count("|") > MAX_CELLS
    if odd or len(text) > MAX_TEXT:
        return plain(text)
    _until.set(time.monotonic() + COLOURING_SECONDS)
    html = _cleaner.clean(_parser.render(text))
    return mark_safe(html)  # noqa: S308 — nh3 has made it so


def plain(text: str) -> SafeString:
    """Return `text` as it is, in HTML."""
    return mark_safe(f'<div class="plain">{escape(text)}</div>')  # noqa: S308 — escaped


def _highlighted(code: str, language: str, attributes: str) -> str:
    """Return a fenced block. It can be scrolled by keyboard."""
    return f'<pre tabindex="0"><code>{_colours(code, language)}</code></pre>'


def _colours(code: str, language: str) -> str:
    known = language.lower() in LANGUAGES and len(code) <= MAX_CODE
    if not known or time.monotonic() > _until.get():
        return str(escape(code))
    try:
        out = StringIO()
        _formatter.format(_in_time(get_lexer_by_name(language).get_tokens(code)), out)
        return out.getvalue()
    except TimeoutError:
        return str(escape(code))


def _in_time(tokens: Iterable[T]) -> Iterator[T]:
    """Yield `tokens`. Raises TimeoutError: many lexers take quadratic time over odd text."""
    for token in tokens:
        if time.monotonic() > _until.get():
            raise TimeoutError
        yield token


def _code_block(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    return _highlighted(tokens[index].content, "", "")


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Put an answer's headings below those of the page."""
    tag = f"h{min(int(tokens[index].tag[1]) + 2, 6)}"
    return f"<{tag}>" if tokens[index].nesting == 1 else f"</{tag}>\n"


def _table(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Let wide tables scroll by themselves, by keyboard too."""
    opening = '<div class="scroll" tabindex="0"><table>\n'
    return opening if tokens[index].nesting == 1 else "</table></div>\n"


def _image(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    """Show an image as a link, which nobody follows unasked."""
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children or [], options, env) or "image"
    return f'<a href="{escape(token.attrGet("src") or "")}">{escape(words)}</a>'


_parser = MarkdownIt("js-default", {"highlight": _highlighted})
for _name, _rule in {
    "code_block": _code_block, "heading_open": _heading, "heading_close": _heading,
    "table_open": _table, "table_close": _table, "image": _image,
}.items():  # fmt: skip
    _parser.add_render_rule(_name, _rule)
