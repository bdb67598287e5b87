"""
The caller's own names for the fields of the conversation, where doors read other APIs into it.

    {"max_tokens": "max_output_tokens", "messages": "input", "stream_options": ""}

Nothing is the name of a field that the door added by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_INDEX = re.compile(r"\[\d+\]")
_PATH = re.compile(r"[a-z]\w*(?:\[\d+\]|\.\w+)*")
QUOTES = "'`\""


def own(path: str, names: Mapping[str, str]) -> str:
    """Return the caller's path for one of the conversation.

    Indexes are left out: a message may be another item of the caller's.
    """
    plain = _INDEX.sub("", path)
    parts = plain.split(".")
    for count in range(len(parts), 0, -1):
        name = names.get(".".join(parts[:count]))
        if name is not None:
            return ".".join([name, *parts[count:]]) if name else ""
    return path


def own_all(paths: Collection[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the caller's names, each once, without those of fields that the door added."""
    return tuple(dict.fromkeys(name for path in paths if (name := own(path, names))))


class Named:
    """Names the caller's own fields in errors that are raised inside."""

    __slots__ = ("names",)

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PortalError) and self.names:
            error.param = own(error.param, self.names) if error.param else error.param
            if error.code == "invalid_request":  # ours; a provider's words stay as they are
                error.message = _PATH.sub(self._replace, error.message)

    def _replace(self, match: re.Match[str]) -> str:
        """Return the caller's name for what is a field's name, not a word of the sentence."""
        path, begin = match[0], match.start()
        is_name = begin == 0 or match.string[begin - 1] in QUOTES or "_" in path
        return own(path, self.names) or path if is_name else path
