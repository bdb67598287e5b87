"""
What a server's own words may give away: addresses inside its network, paths, parts of our keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "[hidden]"
MIN_KEY, RUN = 16, 8  # characters of a key, and of the parts of it that are hidden
_URL = re.compile(
    r"\b[a-z][a-z0-9+.\-]{1,20}://(?:[^\s\"'<>)\[\]},`]|\[[0-9a-f:.]+\])+", re.IGNORECASE
)
# Whose pages anyone may read: documentation, forms for more quota.
_PUBLIC = re.compile(
    r"https://(?:[a-z0-9\-]+\.){1,5}([a-z]{2,20})(/[^\s?#]*)?[.,:;]*", re.IGNORECASE
)
_PRIVATE = frozenset({"local", "internal", "lan", "localdomain", "corp", "home", "intranet", "svc",
                      "cluster", "private", "test", "invalid", "arpa"})  # fmt: skip
_HOST = re.compile(
    r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|\[[0-9a-f]*:[0-9a-f:.]+\](?::\d+)?"
    r"|(?<![\w.\-])(?:localhost|[a-z]\w{0,63}(?:[.\-]\w{1,63}){1,9}):\d{3,5}\b",
    re.IGNORECASE,
)
_ROOTS = ("srv|home|root|usr|opt|var|etc|mnt|data|app|tmp|workspace|models|proc|run|Users|private"
          "|nix|lib|build|code|src|cache|dev|sys|snap|storage|volumes?|media"
          "|[\\w\\-]{1,40}-workspace")  # fmt: skip
_PATH = re.compile(
    rf"(?<![\w/.:])/(?:{_ROOTS})/[^\s\"'<>:,;)\]}}`]+|\b[A-Za-z]:\\[^\s\"'<>]+|(?<!\w)~/[^\s\"'<>]+"
)


def hide_places(text: str) -> str:
    """Return `text` without addresses, except those of public pages, and without paths of files."""
    text = _URL.sub(lambda match: _page(match[0]), text)
    return _PATH.sub(HIDDEN, _HOST.sub(HIDDEN, text))


def _page(url: str) -> str:
    """Return the address of a public page without its query, or nothing of another."""
    page = re.split(r"[?#]", url)[0]
    match = _PUBLIC.fullmatch(page)
    return page if match and match[1].lower() not in _PRIVATE else HIDDEN


def hide_parts(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without longer parts of keys, also spaced out or backwards."""
    runs = {run for secret in secrets for run in _runs(secret)}
    if not runs:
        return text
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    letters = "".join(text[place] for place in places)
    hidden = [False] * len(text)
    for start in range(len(letters) - RUN + 1):
        if letters[start : start + RUN] in runs:
            first, last = places[start], places[start + RUN - 1]
            hidden[first : last + 1] = [True] * (last + 1 - first)
    pairs = zip(text, hidden, strict=True)
    shown = "".join("\0" if is_hidden else letter for letter, is_hidden in pairs)
    return re.sub("\0+", HIDDEN, shown)


def _runs(secret: str) -> Iterator[str]:
    """Yield the parts of a key. What has spaces or slashes is no key but an address, or words."""
    letters = "".join(filter(str.isalnum, secret))
    is_key = len(letters) >= MIN_KEY and not re.search(r"[\s/]", secret)
    if is_key and any(map(str.isdigit, letters)) and any(map(str.isalpha, letters)):
        for word in (letters, letters[::-1]):
            yield from (word[start : start + RUN] for start in range(len(word) - RUN + 1))
