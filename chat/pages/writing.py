"""Writes the parts of Markdown that are not as the library writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.html import escape
from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

ALIGNED = {"text-align:right": "right", "text-align:center": "center"}
BOXES = {"[ ]": "☐", "[x]": "☑", "[X]": "☑"}
HAS_DIRECTION = {"paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open",
                 "blockquote_open", "th_open", "td_open"}  # fmt: skip
_TASK = re.compile(r"\[[ xX]\] ")


def mark(state: StateCore) -> None:
    """Mark directions, boxes and alignments. It runs before what is in a line is read."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type in HAS_DIRECTION and (token.level == 0 or token.tag in ("th", "td")):
            token.attrSet("dir", "auto")
        if token.tag in ("th", "td") and (alignment := ALIGNED.get(str(token.attrGet("style")))):
            token.attrSet("class", alignment)
        if token.type == "inline" and _TASK.match(token.content) and index > 1:
            _mark_task(tokens[index - 2], token)


def _mark_task(item: Token, line: Token) -> None:
    if item.type == "list_item_open":
        item.attrSet("class", "task")
        line.content = f"{BOXES[line.content[:3]]} {line.content[4:]}"


def code(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[index]
    if token.info.strip() == "math":
        formula: str | None = env["formulas"].html(token.content, display=True)
        if formula:
            return _scrolled(formula)
    highlighted: str = env["highlighter"].block(token.content, token.info)
    return highlighted


def math(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Write a formula in a line; one that cannot be read is its source."""
    token = tokens[index]
    formula: str | None = env["formulas"].html(token.content, display=token.block)
    return formula or escape(token.meta["source"])


def math_block(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[index]
    formula: str | None = env["formulas"].html(token.content, display=True)
    return _scrolled(formula) if formula else f'<p class="plain">{escape(token.meta["source"])}</p>'


def _scrolled(html: str) -> str:
    return f'<div class="scroll" tabindex="0">{html}</div>\n'


def heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Lower an answer's headings by two levels: those above are the page's."""
    token = tokens[index]
    tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return f"<{tag}{renderer.renderAttrs(token)}>" if token.nesting == 1 else f"</{tag}>\n"


def table(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Let wide tables scroll by themselves, by keyboard too."""
    opening = '<div class="scroll" tabindex="0"><table>\n'
    return opening if tokens[index].nesting == 1 else "</table></div>\n"


def image(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    """Write an image as a link: the browser must not load it by itself."""
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children or [], options, env) or gettext("image")
    return f'<a href="{escape(token.attrGet("src") or "")}">{escape(words)}</a>'


RULES = {
    "code_block": code, "fence": code, "heading_open": heading, "heading_close": heading,
    "table_open": table, "table_close": table, "image": image, "math": math,
    "math_block": math_block,
}  # fmt: skip


def add_to(parser: MarkdownIt) -> None:
    """Add the rules that write."""
    parser.core.ruler.before("inline", "mark", mark)
    for name, rule in RULES.items():
        parser.add_render_rule(name, rule)
