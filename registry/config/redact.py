"""
models.yaml without the secrets that it holds literally: so it may be stored, and shown. Pure.

Keys, values of headers, webhooks of alerts, and passwords and queries in addresses become `***`, in
comments too, where what looks like a key becomes `[hidden]`.
`${VARIABLE}` stays. Lines stay where they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.text import hide_keys
from core.variables import VARIABLE, defaults_only
from core.yaml.tree import place
from registry.config.secret_values import is_secret, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.tree import Path
    from registry.config.load import Config

HIDDEN = "***"
UNSHOWN = "# The text of this revision cannot be shown without its secrets.\n"
MIN_ANYWHERE = 8  # characters of a secret that is hidden wherever it is
_SECRET = re.compile(
    r"""(?P<name>\b[\w-]*(?:api[_-]?key|authorization|passwor[dt]|secret|access[_-]?token)\b["']?
    \s*[:=]\s*)(?P<value>"[^"\n]*"|'[^'\n]*'
    |(?![\s,{}\[\]"'|>&*!]|\#)(?:\$\{[^}\n]*\}|(?!\s\#)[^,}\n])+)""",
    re.VERBOSE | re.IGNORECASE,
)
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
_USER = re.compile(r"(?P<start>\b[a-z][a-z0-9+.-]*://)(?P<value>[^\s/@\"']+)@", re.IGNORECASE)
_QUERY = re.compile(
    r"(?P<start>[?&](?!api-version=)[\w.-]+=)(?P<value>(?:\$\{[^}\s]*\}|[^&\s\"'#,}\]])+)"
)


def redacted(source: bytes, config: Config) -> str:
    """Return the text of a file that was loaded as `config`, without its literal secrets.

    If one cannot be found in the text, as it is written with escapes or folded, there is no text.
    """
    lines = source.decode("utf-8", "replace").split("\n")
    values = {place(config.root, path): value for path, value in _literal(config)}
    for (line, column), value in sorted(values.items(), reverse=True):
        if (hidden := _hide(lines[line - 1], column - 1, value)) is None:
            return UNSHOWN
        lines[line - 1] = hidden
    text = "\n".join(lines)
    for value in values.values():
        if len(value) >= MIN_ANYWHERE:
            text = text.replace(value, HIDDEN)
    text = _COMMENT.sub(lambda match: hide_keys(match[0]), _SECRET.sub(_without_value, text))
    return _QUERY.sub(_without_query, _USER.sub(rf"\g<start>{HIDDEN}@", text))


def _literal(config: Config) -> Iterator[tuple[Path, str]]:
    """Yield the secret values that are more than variables, as they are written."""
    for path, node in leaves(config.root):
        if is_secret(path) and _is_literal(text := str(node.value or "")):
            yield path, text


def _is_literal(text: str) -> bool:
    return bool(defaults_only(text).strip().removeprefix("Bearer").removeprefix("Basic").strip())


def _hide(line: str, column: int, value: str) -> str | None:
    """Replace the value that begins at a column. None: it is written in another way."""
    for quote in ("", '"', "'"):
        if line.startswith(written := f"{quote}{value}{quote}", column):
            return line[:column] + HIDDEN + line[column + len(written) :]
    return None


def _without_value(match: re.Match[str]) -> str:
    value = match["value"].strip().strip("\"'")
    return match[0] if not _is_literal(value) else match["name"] + HIDDEN


def _without_query(match: re.Match[str]) -> str:
    return match[0] if VARIABLE.fullmatch(match["value"]) else match["start"] + HIDDEN
