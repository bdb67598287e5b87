"""
Formulas in Markdown, as MathML: in dollars, in `\\(…\\)` and `\\[…\\]`, and in fences of `math`.

A formula that cannot be read stays as its source. Amounts of money are no formulas.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from latex2mathml.converter import convert_to_element

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

MAX_FORMULA = 2_000  # characters
MAX_FORMULAS = 20_000  # of all in one text
TAGS = {
    "annotation", "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom",
    "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd",
    "mtext", "mtr", "munder", "munderover", "semantics",
}  # fmt: skip
ATTRIBUTES = {
    "annotation": {"encoding"}, "math": {"display"}, "menclose": {"notation"},
    "mfrac": {"linethickness"}, "mi": {"mathvariant"}, "mspace": {"width"},
    "mo": {"fence", "form", "maxsize", "minsize", "movablelimits", "separator", "stretchy"},
    "mover": {"accent"}, "mpadded": {"depth", "height", "voffset", "width"},
    "mstyle": {"displaystyle", "scriptlevel"}, "mtd": {"columnalign"},
    "mtable": {"columnalign", "columnspacing", "displaystyle", "rowspacing"},
}  # fmt: skip
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3,
            "munderover": 3}  # fmt: skip
CLOSINGS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_DOLLARS = re.compile(r"\$(?!\s)((?:\\.|[^\\$])+?)(?<!\s)\$(?![0-9A-Za-z$])", re.DOTALL)
_COMMANDS = re.compile(r"\\[A-Za-z]+|\{[^{}]*\}")
_WORDS = re.compile(r"(?:^|\s)\(?[A-Za-z]{2,}")
_UNKNOWN = re.compile(r"\\[A-Za-z]")


class Formulas:
    """Writes the formulas of one text, until there are too many."""

    def __init__(self) -> None:
        self._left = MAX_FORMULAS

    def html(self, source: str, *, display: bool) -> str | None:
        """Return a formula as MathML that holds its source, or None if it cannot be read."""
        self._left -= len(source)
        if len(source) > MAX_FORMULA or self._left < 0 or not source.strip():
            return None
        try:
            element = convert_to_element(source, display="block" if display else "inline")
        except Exception:
            return None  # it has many kinds of errors, IndexError among them
        if not _is_whole(element):
            return None
        return tostring(_with_source(element, source.strip()), encoding="unicode")


def _is_whole(element: Element) -> bool:
    """Does a browser show all of it? Commands that are not known are left as text."""
    return not _UNKNOWN.search("".join(element.itertext())) and all(
        part.tag in TAGS and len(part) == CHILDREN.get(part.tag, len(part))
        for part in element.iter()
    )


def _with_source(element: Element, source: str) -> Element:
    for part in element.iter():
        part.text = part.text and unescape(part.text)  # the library's symbols are references
    math = Element("math", display=element.get("display", "inline"))
    semantics = SubElement(math, "semantics")
    semantics.extend(list(element))
    SubElement(semantics, "annotation", encoding="application/x-tex").text = source
    return math


def inline(state: StateInline, silent: bool) -> bool:
    """Read a formula in a line of text."""
    opening = state.src[state.pos : state.pos + 2]
    if opening in CLOSINGS:
        start = state.pos + 2
        end = state.src.find(CLOSINGS[opening], start, min(state.posMax, start + MAX_FORMULA))
        content, after = state.src[start:end], end + 2
        if end < 0 or not content.strip():
            return False
    elif opening[:1] == "$":
        match = _DOLLARS.match(state.src, state.pos, state.posMax)
        if match is None or _is_money(state.src[state.pos - 1 : state.pos], match[1]):
            return False
        content, after = match[1], match.end()
    else:
        return False
    if not silent:
        token = state.push("math", "math", 0)
        token.content, token.meta = content, {"source": state.src[state.pos : after]}
        token.block = opening in ("$$", "\\[")
    state.pos = after
    return True


def _is_money(before: str, content: str) -> bool:
    """Is it "US$5" or the text between two amounts?"""
    if before.isalnum():
        return True
    return content[0].isdigit() and _WORDS.search(_COMMANDS.sub(" ", content)) is not None


def block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a formula of several lines, none of them blank."""
    if state.is_code_block(start):
        return False
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    opening = first[:2]
    closing = CLOSINGS.get(opening) if opening != "\\(" else None
    if closing is None or closing in first[2:]:
        return False  # in one line it is a part of a paragraph
    for line in range(start + 1, end):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        text = state.src[state.bMarks[line] : state.eMarks[line]].rstrip()
        if closing in text:
            return text.endswith(closing) and _push(state, start, line, silent)
    return False


def _push(state: StateBlock, start: int, last: int, silent: bool) -> bool:
    if silent:
        return True
    source = state.getLines(start, last + 1, state.blkIndent, False).strip()
    token = state.push("math_block", "math", 0)
    token.content, token.meta, token.block = source[2:-2], {"source": source}, True
    token.map = [start, last + 1]
    state.line = last + 1
    return True


def add_to(parser: MarkdownIt) -> None:
    """Add the rules that read formulas."""
    parser.inline.ruler.before("escape", "math", inline)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", block, interrupts)
