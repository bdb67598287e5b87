"""
Values of other programs that may be secret: references to variables become `${NAME}`, and
literal keys become variables, too. Nothing here puts a value into a message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.text import looks_like_key
from core.variables import VARIABLE

if TYPE_CHECKING:
    from core.yaml.tree import Entry, Node
    from registry.config.importing.section import Report

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# Every way to write a variable that the programs have.
_REFERENCE = re.compile(
    rf"os\.environ/(?P<a>{_NAME})"
    rf"|\$\{{\{{\s*(?:(?:secrets|inputs|env|vars)\.)?(?P<b>[A-Za-z0-9_./-]+)\s*\}}\}}"
    rf"|\$\{{\s*(?:env[:.])?(?P<c>{_NAME})\s*(?::?[-=?][^}}]*)?\}}"
    rf"|\{{(?:env|ENV)[:.](?P<d>{_NAME})\}}"
    rf"|\{{\{{\s*(?:env|process\.env|secrets)\.(?P<e>{_NAME})\s*\}}\}}"
    rf"|\$(?:env:)?(?P<f>{_NAME})"
    rf"|%(?P<g>{_NAME})%"
)
_DEFAULT = re.compile(rf"\$\{{\s*(?:env[:.])?{_NAME}\s*:?[-=](?P<default>[^}}]+)\}}")
_USERS = {"user_provided", "user_provided_key", "{{librechat_user_api_key}}"}
_PLACEHOLDERS = {"none", "null", "empty", "dummy", "no-key", "no_key", "nokey", "not-needed", "na",
    "not_needed", "not-required", "n/a", "x", "xxx", "fake", "fake-key", "unused", "anything",
    "placeholder", "ollama", "sk-no-key-required", "lm-studio"}  # fmt: skip
_SECRET_NAME = re.compile(
    r"auth|api.?key|^key$|[-_]key$|token$|secret|password|passwd|cookie|credential|signature", re.I
)


class Values:
    """Translates values. `secrets` collects the literal ones, which must not be printed."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.secrets: set[str] = set()

    def key(self, text: str, variable: str, place: Node | Entry) -> str:
        """Return what `api_key` says for the key `text`; `variable` is used for a literal one."""
        if not text:
            return ""
        if text.lower() in _USERS:
            message = "Each user gives a key of their own there. Here a provider has one key: set "
            self.report.note(place, f"{message}{variable}.")
            return f"${{{variable}}}"
        if text.lower() in _PLACEHOLDERS:
            self.report.note(place, "This key is a placeholder. No key is sent.")
            return ""
        match = _REFERENCE.fullmatch(text)
        if match:
            return self.variable(match, place)
        self.hide(text)
        self.report.note(
            place, f"The file contains a key. Set the variable {variable} to it, in .env."
        )
        return f"${{{variable}}}"

    def variable(self, match: re.Match[str], place: Node | Entry) -> str:
        name = re.sub(r"\W", "_", next(filter(None, match.groups())))
        name = f"_{name}" if name[:1].isdigit() else name
        default = _DEFAULT.fullmatch(match[0])
        if default:
            self.hide(default["default"])
            self.report.note(place, f"The default of {name} is not imported. Set the variable.")
        return f"${{{name}}}"

    def header(self, name: str, text: str, variable: str, place: Node | Entry) -> str:
        """Return a header's value, with variables in place of what is secret."""
        translated = _REFERENCE.sub(lambda match: self.variable(match, place), text)
        rest = VARIABLE.sub("", translated).strip()
        scheme, _, credential = rest.rpartition(" ")
        literal = credential if scheme else rest
        secret = _SECRET_NAME.search(name) and literal.lower() not in ("", "bearer", "basic")
        if not secret and not looks_like_key(rest):
            return translated
        self.hide(text)
        self.hide(literal)
        self.report.note(place, f"This header contains a key. Set the variable {variable} to it.")
        return f"{scheme} ${{{variable}}}".strip() if translated == text else f"${{{variable}}}"

    def address(self, text: str, place: Node | Entry) -> str:
        """Return an address with `${NAME}`, and without a password or a key in it."""
        text = _REFERENCE.sub(lambda match: self._address_variable(match, place), text.strip())
        try:
            parts = urlsplit(text)
            query = parse_qsl(parts.query, keep_blank_values=True)
        except ValueError:
            return text
        public = [(name, value) for name, value in query if not self.is_secret(name, value)]
        if "@" not in parts.netloc and public == query:
            return text
        user, _, host = parts.netloc.rpartition("@")
        for secret in (user, *user.split(":"), *(value for pair in query for value in pair[1:])):
            self.hide(secret)
        self.report.note(place, "The password or key in this address is not imported. Use api_key.")
        return urlunsplit(parts._replace(netloc=host, query=urlencode(public)))

    def _address_variable(self, match: re.Match[str], place: Node | Entry) -> str:
        default = _DEFAULT.fullmatch(match[0])
        if default and re.fullmatch(r"https?://[^{}@\s?]+", default["default"]):
            name = next(filter(None, match.groups()))
            return f"${{{name}:-{default['default']}}}"
        return self.variable(match, place)

    @staticmethod
    def is_secret(name: str, value: object) -> bool:
        """Is `value`, of the field `name`, a key or a password?"""
        text = str(value)
        return bool(isinstance(value, str) and text and _SECRET_NAME.search(name)) or (
            isinstance(value, str) and looks_like_key(text)
        )

    def hide(self, text: str) -> None:
        if len(text) >= 6 and text.lower() not in _PLACEHOLDERS and not text.isalpha():
            self.secrets.add(text)
