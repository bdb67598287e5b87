"""
Mistakes that are seen in the lines of a YAML file, where the parser only says that it is lost.

They are looked for when a file cannot be parsed, or is no mapping; merge marks always. Pure.
Messages never quote a value.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from core.errors import Problem
from core.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_REPORTED = 20
_MERGE = re.compile(r"^(?:<{7}|>{7}|={7}|\|{7})(?: .*)?\r?$", re.MULTILINE)
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u180e"
_SPACE = re.compile(f"[{SPACES}]")
QUOTES = "“”„‟‘’‚‛«»‹›＂＇「」『』`´"
_LETTERS = {"：": ":", "﹕": ":", "∶": ":", "，": ",", "、": ",", "［": "[", "］": "]", "｛": "{",
    "｝": "}", "【": "[", "】": "]", "－": "-", "＃": "#", "＄": "$"}  # fmt: skip
DASHES = "–—−•‐‑‒・*"
_QUOTED = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'""")
_KEY = r"""(?:[-?] +)*(?P<key>["']?[A-Za-z_][\w.-]*["']?)"""
_NO_SPACE = re.compile(rf"^(?P<indent>\s*){_KEY}:(?P<rest>[^\s:/].*|//.*)$")
_NO_SPACE_IN_BRACES = re.compile(r"[{,]\s*(?P<key>[A-Za-z_][\w.-]*):(?=[\[{\"'])")
_BLOCK = re.compile(r":\s*[|>][-+0-9]*\s*(?:#.*)?$")


def merge_marks(text: str) -> list[Problem]:
    """Return the marks that git leaves in a file with a merge conflict."""
    marks = [match for match in _MERGE.finditer(text) if match[0][0] != "="]
    message = "This is a mark of git: a merge conflict. Keep one of the two sides."
    return [
        Problem(text.count("\n", 0, mark.start()) + 1, 1, message)
        for mark in islice(marks, MAX_REPORTED)
    ]


def odd_lines(text: str) -> list[Problem]:
    """Return what is wrong in the lines of `text`: odd characters, and colons without a space."""
    problems = (problem for line in _code_lines(text) for problem in _line(*line))
    return list(islice(problems, MAX_REPORTED))


def _code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines, with their number, without comments, quoted texts and block texts.

    What is left out becomes blanks or letters, so that columns stay.
    """
    block = -1  # the indentation of the key whose block text these lines are
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        indent = len(line) - len(line.lstrip())
        if block >= 0 and (not line.strip() or indent > block):
            continue
        code = _QUOTED.sub(
            lambda match: match[0][0] + "x" * (len(match[0]) - 2) + match[0][0], line
        )
        code = re.split(r"(?:^|(?<=\s))#", code)[0]
        block = indent if _BLOCK.search(code) else -1
        yield number, code


def _line(number: int, code: str) -> Iterator[Problem]:
    indent = re.match(r"[ \t]*", code)
    if indent and "\t" in indent[0] and code.strip():
        column = indent[0].index("\t") + 1
        yield Problem(number, column, "A tab cannot indent YAML. Use spaces.")
    if match := _SPACE.search(code):
        yield Problem(number, match.start() + 1, space_message(match[0]))
    for column, character in enumerate(code, 1):
        if character in _LETTERS:
            yield Problem(number, column, letter_message(character))
            break
    for column, character in enumerate(code, 1):
        before = code[: column - 1].rstrip()
        if character in QUOTES and (not before or before[-1] in ":,[{-："):
            yield Problem(number, column, quote_message(character))
            break
    match = _NO_SPACE_IN_BRACES.search(code)
    if not match and not re.search(r":(?:\s|$)", code):
        match = _NO_SPACE.match(code)
    if match:
        yield Problem(number, match.end("key") + 1, no_space_message(match["key"]))
    dash = re.match(rf"\s*(?P<dash>[{re.escape(DASHES)}])\s+\S", code)
    if dash:
        yield Problem(number, dash.start("dash") + 1, dash_message(dash["dash"]))
    if re.match(r"\s*(?://|/\*)", code):
        yield Problem(number, 1 + len(code) - len(code.lstrip()), "Comments begin with #, not //.")


def text_mistake(text: str) -> str:
    """Return what is wrong with a value that is text where something else is expected."""
    if not text:
        return ""
    match = re.match(rf"{_KEY}:\S", text)
    if match:
        return no_space_message(match["key"])
    if text[:1] in _LETTERS or (match := re.search("[：﹕∶]", text)):
        return letter_message(text[0] if text[:1] in _LETTERS else "：")
    if text[:1] in DASHES:
        return dash_message(text[0])
    if text[:1] in QUOTES:
        return quote_message(text[0])
    return ""


def name_mistake(text: str) -> str:
    """Return what is wrong with a key or a plain value: an odd space, quote or colon in it."""
    if match := _SPACE.search(text):
        return space_message(match[0])
    if text and text[0] in QUOTES:
        return quote_message(text[0])
    return ""


def space_message(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X} ({name}) is not a space of YAML. Write a plain space."


def letter_message(character: str) -> str:
    plain = _LETTERS[character]
    advice = f"'{plain}' and a space" if plain in ":," else f"'{plain}'"
    return f"{character} (U+{ord(character):04X}) is not '{plain}'. Write {advice}."


def quote_message(character: str) -> str:
    return f"{character} (U+{ord(character):04X}) is not a quote of YAML. Write \" or '."


def dash_message(character: str) -> str:
    return f"{character} (U+{ord(character):04X}) begins no list. Write '-' and a space."


def no_space_message(key: str) -> str:
    key = key.strip("\"'")
    return f"A space is missing after the colon of {quote(key)}. Write `{key[:40]}: …`."
