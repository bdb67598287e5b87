"""`${VARIABLE}` in configuration files, and secrets in messages."""

from __future__ import annotations

import pytest

from core.variables import ASCII, PRINTABLE, Rule, fill, scrub

FILLED = {
    "set": ("a ${X} b", {"X": "1"}, "a 1 b"),
    "twice": ("${X}${X}", {"X": "1"}, "11"),
    "unset": ("a${X}b", {}, "ab"),
    "default, unset": ("${X:-7}", {}, "7"),
    "default, empty": ("${X:-7}", {"X": ""}, "7"),
    "default, set": ("${X:-7}", {"X": "8"}, "8"),
    "default, different each time": ("${X:-7}${X:-8}", {}, "78"),
    "no variable": ("$X $${", {"X": "1"}, "$X $${"),
    "a value that looks like a variable": ("${X}", {"X": "${Y}", "Y": "2"}, "${Y}"),
}


@pytest.mark.parametrize("name", FILLED)
def test_variables_are_replaced_once_by_their_values(name: str) -> None:
    text, environ, expected = FILLED[name]
    assert fill(text, environ).text == expected


MISSING = {
    "unset": ("${X}", {}, ASCII, {"X": "not set"}),
    "empty": ("${X}", {"X": ""}, ASCII, {"X": "not set"}),
    "default": ("${X:-}", {}, ASCII, {}),
    "white space": ("${X}", {"X": "a b"}, ASCII, {"X": "holds white space or an unusual character"}),
    "white space where it may be": ("${X}", {"X": "a b"}, PRINTABLE, {}),
    "a line break": ("${X}", {"X": "a\n"}, PRINTABLE, {"X": "holds a line break or another unusual character"}),
    "no environment": ("${X:-7}", None, ASCII, {"X": "not looked up"}),
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_a_variable_without_a_usable_value_has_a_reason(name: str) -> None:
    text, environ, rule, missing = MISSING[name]
    filled = fill(text, environ, rule)
    assert filled.missing == missing
    assert filled.usable is (not missing)


@pytest.mark.parametrize("text", ["${X", "${}", "${1}", "${A:-${B}}", "${A-x}"])
def test_a_half_variable_is_unclosed(text: str) -> None:
    filled = fill(text, {"B": "x"})
    assert filled.unclosed
    assert not filled.usable


SCRUBBED = {
    "a secret": ("key abcdef!", ["abcdef"], "key [hidden]!"),
    "the longest first": ("abcdef", ["abcd", "abcdef"], "[hidden]"),
    "no part of the replacement": ("hidden abcdef", ["abcdef", "hidden"], "[hidden] [hidden]"),
    "a short one, as a word": ("as db, dbs", ["db"], "as [hidden], dbs"),
    "an empty one": ("abc", [""], "abc"),
    "none": ("abc", [], "abc"),
    "not a pattern": ("a.c.e abcde", ["a.c.e"], "[hidden] abcde"),
}


@pytest.mark.parametrize("name", SCRUBBED)
def test_scrub_hides_secrets(name: str) -> None:
    text, secrets, expected = SCRUBBED[name]
    assert scrub(text, secrets) == expected


def test_a_rule_is_any_test_of_a_value() -> None:
    digits = Rule(str.isdigit, "is not a number")
    assert fill("${X}", {"X": "a"}, digits).missing == {"X": "is not a number"}
