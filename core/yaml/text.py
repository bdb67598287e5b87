"""The text of a strict YAML file: UTF-8 without invisible characters, and its plain scalars."""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import Any

from core.errors import ConfigError, Problem

MAX_BYTES = 16 * 1024 * 1024  # 10,000 models take 1 MB

# Control characters except tab and newlines; zero-width and direction marks; line separators.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WORDS = (
    dict.fromkeys(["", "~", "null", "Null", "NULL"])
    | dict.fromkeys(["true", "True", "TRUE"], True)
    | dict.fromkeys(["false", "False", "FALSE"], False)
)


def decode(source: bytes) -> str:
    """Return the file as text. Raises ConfigError: too large, not UTF-8, invisible characters."""
    if len(source) > MAX_BYTES:
        raise ConfigError([Problem(0, 0, f"The file is larger than {MAX_BYTES >> 20} MiB.")])
    if source[:2] in (b"\xff\xfe", b"\xfe\xff") or source[1:2] == b"\0" or source[:1] == b"\0":
        message = "The file is UTF-16, not UTF-8. Save it as UTF-8."
        raise ConfigError([Problem(1, 1, message)])
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = "This byte is not UTF-8. Save the file as UTF-8."
        raise ConfigError([Problem(line, column, message)]) from None
    problems = [_hidden_problem(text, match) for match in islice(HIDDEN.finditer(text), 20)]
    if problems:
        raise ConfigError(problems)
    return text


def _hidden_problem(text: str, match: re.Match[str]) -> Problem:
    line = text.count("\n", 0, match.start()) + 1
    column = match.start() - text.rfind("\n", 0, match.start())
    return Problem(line, column, hidden_message(match.group()))


def hidden_message(character: str) -> str:
    """Return the message for a character that HIDDEN matches."""
    return f"The character U+{ord(character):04X} is invisible. Delete it."


def plain(text: str) -> Any:
    """Return the value of `text` if it is written without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if len(text) < 40 and _FLOAT.fullmatch(text):
        return number if math.isfinite(number := float(text)) else text
    return text
