"""
`${VARIABLE}` and `${VARIABLE:-default}` in configuration files: fill them in, hide their values.

Pure: the caller passes the environment. Nothing here puts a value into a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^{}]*))?\}")
UNCLOSED = "This `${` is not closed by a variable's name and `}`. Write ${NAME} or ${NAME:-x}."
_NAME = r"([A-Za-z_][A-Za-z0-9_]*)"
# How other programs write a variable.
_OTHER_FORMS = re.compile(
    rf"os\.environ/{_NAME}|\$\{{\{{\s*(?:\w+\.)?{_NAME}\s*\}}\}}|\$\{{(?:env[:.]){_NAME}\}}"
    rf"|\$\{{{_NAME}:?[-=?+](?!.*\$)[^}}]*\}}|\{{(?:env|ENV)[:.]{_NAME}\}}"
    rf"|\{{\{{\s*(?:\w+\.)?{_NAME}\s*\}}\}}|\$\({_NAME}\)|\$(?:env:)?{_NAME}|%{_NAME}%"
)
NOT_SET = "not set"
NOT_LOOKED_UP = "not looked up"
MIN_SUBSTRING = 4  # characters of a secret that is hidden inside words, too


class Rule(NamedTuple):
    """Which values a variable may have, and what is wrong with others."""

    accepts: Callable[[str], object]
    reason: str


ASCII = Rule(re.compile(r"[!-~]+").fullmatch, "holds white space or an unusual character")
PRINTABLE = Rule(str.isprintable, "holds a line break or another unusual character")


@dataclass(slots=True)
class Filled:
    """A text after its variables were replaced.

    `values` has the value of each variable that was looked up. `missing` has, for each variable
    without a usable value, the reason. `unclosed`: a `${` begins no variable.
    """

    text: str
    values: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    unclosed: bool = False

    @property
    def usable(self) -> bool:
        return not self.missing and not self.unclosed


def fill(text: str, environ: Mapping[str, str] | None, rule: Rule = ASCII) -> Filled:
    """Return `text` with the values of its variables. Without an environment none has a value.

    A default is used where a variable is unset or empty. Never raises.
    """
    filled = Filled(text, unclosed="${" in VARIABLE.sub("", text))
    filled.text = VARIABLE.sub(lambda variable: _value(variable, environ, rule, filled), text)
    return filled


def _value(
    variable: re.Match[str], environ: Mapping[str, str] | None, rule: Rule, filled: Filled
) -> str:
    """Return the value of `variable`; note it, or why it has none, in `filled`."""
    name, default = variable["name"], variable["default"]
    if environ is None:
        filled.missing[name] = NOT_LOOKED_UP
        return ""
    value = environ.get(name, "")
    if not value and default is None:
        filled.missing[name] = NOT_SET
    elif value and not rule.accepts(value):
        filled.missing[name] = rule.reason
    filled.values[name] = value or default or ""
    return filled.values[name]


def other_form(text: str) -> str:
    """Return the message for a variable that is written as another program has it, or ""."""
    match = _OTHER_FORMS.search(VARIABLE.sub("$ ", text))
    if match is None:
        return ""
    name = next(filter(None, match.groups()))
    return f"This is not how a variable is written here. Write ${{{name}}}."


def defaults_only(text: str) -> str:
    """Return what of `text` the file itself says: each variable is replaced by its default."""
    return VARIABLE.sub(lambda variable: variable["default"] or "", text)


def only_in(fields: Iterable[str]) -> str:
    """Return the message for a `${` outside the `fields` in which variables are replaced."""
    return f"${{…}} is replaced only in {', '.join(fields)}."


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with every secret replaced by "[hidden]".

    A short secret is replaced only where it is a whole word: otherwise hardly a letter would stay.
    """
    # The longest first and all at once: a part of a secret must not be replaced before the whole.
    longest_first = sorted(filter(None, secrets), key=len, reverse=True)
    pattern = "|".join(map(_pattern, longest_first))
    return re.sub(pattern, "[hidden]", text) if pattern else text


def _pattern(secret: str) -> str:
    form = re.escape(secret)
    return form if len(secret) >= MIN_SUBSTRING else rf"(?<!\w){form}(?!\w)"
