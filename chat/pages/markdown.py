"""
A model's Markdown → sanitised HTML: no scripts, no images, no attributes of the model's.

Two libraries do it, one after the other: markdown-it's `js-default` escapes HTML in the text, and
nh3 drops every tag that is not in ALLOWED_TAGS. Remote images would leak the text to their server.
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
MAX_TEXT = 50_000  # characters; longer text is not rendered
MAX_CELLS = 4_000  # of tables, counted by their bars
MAX_CODE = 8_000
MAX_CACHED = 64 * 1024  # characters of one text's HTML
MAX_CACHE = 200  # texts
MAX_HIGHLIGHT_SECONDS = 0.2  # of CPU, for all code of one text: a busy machine loses no colours
MAX_BRACKETS = 2_000  # unclosed ones make the parser look back at all the others
ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"}, "code": {"class"}, "div": {"class", "tabindex"}, "ol": {"start"},
    "pre": {"tabindex"}, "span": {"class"},
}  # fmt: skip
# Other lexers can block the process for seconds in one regular expression, given odd text. These
# were measured: at MAX_CODE characters none takes 0.1 s between two tokens.
LANGUAGES = {
    "bash", "c", "c++", "cpp", "cs", "csharp", "css", "diff", "docker", "dockerfile", "go",
    "golang", "graphql", "html", "http", "java", "javascript", "js", "json", "jsx", "kotlin",
    "lua", "nginx", "php", "powershell", "ps1", "py", "python", "python3", "r", "rb", "rs",
    "ruby", "rust", "scala", "sh", "shell", "sql", "swift", "toml", "ts", "tsx", "typescript",
    "xml", "yaml", "yml", "zsh",
}  # fmt: skip
_cleaner = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # it would be a URL of the portal
    set_tag_attribute_values={"a": {"target": "_blank"}},  # leaving the page would end an answer
)
_formatter = HtmlFormatter(nowrap=True)
_cache: dict[str, SafeString] = {}  # text → HTML
_until = ContextVar("_until", default=0.0)


def render(text: str) -> SafeString:
    """Return `text` as sanitised HTML."""
    html = _cache.get(text)
    if html is None:
        html = _render(text)
        if len(html) <= MAX_CACHED:
            if len(_cache) >= MAX_CACHE:
                _cache.clear()
            _cache[text] = html
    return html


def _render(text: str) -> SafeString:
    odd = text.count("[") > MAX_BRACKETS or text.count("|") > MAX_CELLS
    if odd or len(text) > MAX_TEXT:
        return plain(text)
    _until.set(time.thread_time() + MAX_HIGHLIGHT_SECONDS)
    html = _cleaner.clean(_parser.render(text))
    return mark_safe(html)  # noqa: S308 — sanitised by nh3


def plain(text: str) -> SafeString:
    """Return `text` escaped, not rendered."""
    return mark_safe(f'<div class="plain">{escape(text)}</div>')  # noqa: S308 — escaped


def _highlighted(code: str, language: str, attributes: str) -> str:
    """Return a fenced block. It can be scrolled by keyboard."""
    return f'<pre tabindex="0"><code>{_spans(code, language)}</code></pre>'


def _spans(code: str, language: str) -> str:
    known = language.lower() in LANGUAGES and len(code) <= MAX_CODE
    if not known or time.thread_time() > _until.get():
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
        if time.thread_time() > _until.get():
            raise TimeoutError
        yield token


def _code_block(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    return _highlighted(tokens[index].content, "", "")


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Lower an answer's headings by two levels: those above are the page's."""
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
    """Render an image as a link: the browser must not load it by itself."""
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children or [], options, env) or "image"
    return f'<a href="{escape(token.attrGet("src") or "")}">{escape(words)}</a>'


_parser = MarkdownIt("js-default", {"highlight": _highlighted})
for _name, _rule in {
    "code_block": _code_block, "heading_open": _heading, "heading_close": _heading,
    "table_open": _table, "table_close": _table, "image": _image,
}.items():  # fmt: skip
    _parser.add_render_rule(_name, _rule)
