"""
A model's Markdown → sanitised HTML: no scripts, no images, no attributes of the model's.

Two libraries do it, one after the other: markdown-it's `js-default` escapes HTML in the text, and
nh3 drops every tag that is neither in ALLOWED_TAGS nor a formula's. Remote images would leak the
text to their server.

`Renderer` does it block by block, while the text arrives; `render` does the same for a whole text.
They differ only where a link's reference is defined after the block that uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import nh3
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from chat.pages import formulas, writing
from chat.pages.blocks import Blocks
from chat.pages.code import BAR, Highlighter, copy_button

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chat.pages.blocks import Block

MAX_PART = 4_000  # characters of HTML: a browser paints it within a frame
MAX_CACHED = 64 * 1024  # characters of one text's HTML
MAX_CACHE = 200  # texts
MAX_BRACKETS = 2_000  # unclosed ones make the parser look back at all the others
ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
DIRECTED = ("blockquote", "h3", "h4", "h5", "h6", "ul")
ATTRIBUTES = {
    "a": {"href", "title"}, "div": {"class", "tabindex"}, "li": {"class"}, "ol": {"start", "dir"},
    "p": {"class", "dir"}, "pre": {"tabindex", "dir"}, "span": {"class"}, "td": {"class", "dir"},
    "th": {"class", "dir"}, **{tag: {"dir"} for tag in DIRECTED},
}  # fmt: skip
_cleaner = nh3.Cleaner(
    tags=ALLOWED_TAGS | formulas.TAGS,
    attributes=ATTRIBUTES | formulas.ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # it would be a URL of the portal
    set_tag_attribute_values={"a": {"target": "_blank"}},  # leaving the page would end an answer
)
_cache: dict[tuple[str, str], SafeString] = {}  # language, text → HTML


def render(text: str) -> SafeString:
    """Return `text` as sanitised HTML. What the portal adds is in the active language."""
    key = (translation.get_language() or "", text)
    html = _cache.get(key)
    if html is None:
        html = _render(text)
        if len(html) <= MAX_CACHED:
            if len(_cache) >= MAX_CACHE:
                _cache.clear()
            _cache[key] = html
    return html


def _render(text: str) -> SafeString:
    blocks = Blocks(_parser)
    found = blocks.feed(text) + blocks.close()  # first all, then their links: late ones count
    html = _Writer(blocks.references).html(found)
    return mark_safe(html)  # noqa: S308 — each block is sanitised


class Rendered(NamedTuple):
    """The HTML of blocks up to the text's character `end`, in UTF-16 units."""

    end: int
    html: str


class Renderer:
    """Renders a text that arrives in pieces. What the portal adds is in `language`."""

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._end = 0
        self._blocks = Blocks(_parser)
        self._writer = _Writer(self._blocks.references)

    def feed(self, text: str) -> list[Rendered]:
        """Return the blocks that `text` completes, a part or more of up to about MAX_PART."""
        found = [] if self._blocks.is_plain() else self._blocks.feed(text)
        parts: list[Rendered] = []
        for block in found:
            self._end += len(block.source.encode("utf-16-le", "surrogatepass")) // 2
            with translation.override(self._language):
                html = self._writer.html([block])
            if parts and len(parts[-1].html) + len(html) <= MAX_PART:
                html = parts.pop().html + html
            parts.append(Rendered(self._end, html))
        return parts


class _Writer:
    """Writes the blocks of one text."""

    def __init__(self, references: dict[str, Any]) -> None:
        self._env = {
            "references": references,
            "highlighter": Highlighter(),
            "formulas": formulas.Formulas(),
        }
        self._brackets = 0

    def html(self, blocks: Iterable[Block]) -> str:
        return "".join(map(self._block, blocks))

    def _block(self, block: Block) -> str:
        if block.tokens is None:
            return str(plain(block.source))
        self._brackets += sum(t.content.count("[") for t in block.tokens if t.type == "inline")
        if self._brackets > MAX_BRACKETS:
            return str(plain(block.source))
        state = StateCore("", _parser, self._env, block.tokens)
        for rule in _after_blocks:
            rule(state)
        html = _parser.renderer.render(state.tokens, _parser.options, self._env)
        return _cleaner.clean(html).replace(BAR, BAR + copy_button())


def plain(text: str) -> SafeString:
    """Return `text` escaped, not rendered."""
    return mark_safe(f'<div class="plain">{escape(text)}</div>')  # noqa: S308 — escaped


_parser = MarkdownIt("js-default", {"linkify": True})
assert _parser.linkify is not None  # it is installed
_parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # only whole addresses
_parser.linkify.add("//", None)  # without a scheme it would be one of the portal's
formulas.add_to(_parser)
writing.add_to(_parser)
_after_blocks = _parser.core.ruler.getRules("")[2:]  # those before normalise and find the blocks
