"""Logs as text and as JSON: no caller can write a record, or control a terminal."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from core.logs import JSONFormatter, LineFormatter

TEXT = LineFormatter("{levelname} {message}", style="{")
EVIL = ["\x1b[2J", "\x07", "\r", "\x9b31m", "\x7f", "\u2028", "\u202e", "\x00", "\ud800"]


def record(message: str, *words: object, error: bool = False) -> logging.LogRecord:
    info = sys.exc_info() if error else None
    return logging.LogRecord("portal", logging.INFO, "", 1, message, words, info)


@pytest.mark.parametrize("character", EVIL)
@pytest.mark.parametrize("formatter", [TEXT, JSONFormatter()])
def test_control_characters_are_escaped(formatter: logging.Formatter, character: str) -> None:
    line = formatter.format(record("Hello %s", character))
    assert line.isprintable()
    line.encode()


def test_a_line_end_in_text_begins_no_record() -> None:
    line = TEXT.format(record("Bad name: %s", "ann\nINFO olga is now an operator"))
    assert line.splitlines() == ["INFO Bad name: ann", "    INFO olga is now an operator"]


def test_text_that_is_harmless_stays_as_it_is() -> None:
    assert (
        TEXT.format(record("models.yaml: größer, „gut“ → 😀"))
        == "INFO models.yaml: größer, „gut“ → 😀"
    )


def test_json_is_one_line_with_the_traceback() -> None:
    try:
        raise ValueError("no\nway")
    except ValueError:
        line = JSONFormatter().format(record("It failed", error=True))
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == "It failed"
    assert entry["error"].startswith("Traceback")
    assert entry["error"].endswith("ValueError: no\nway")


def test_json_keeps_what_cannot_be_encoded() -> None:
    odd = record("Hi %s", "\ud800é")
    odd.fields = {"model": object, "path": "\n"}
    assert json.loads(JSONFormatter().format(odd))["message"] == "Hi \ud800é"
