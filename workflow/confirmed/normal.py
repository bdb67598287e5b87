"""
When two questions are the same: but for case, spaces, and punctuation around words. Pure.

What is in quotation marks is a value: its case counts. So do marks that change a number or compare,
such as `-5`, `.5`, `5%` or `<`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_QUOTED = re.compile(r"""(?<!\w)["'“”„«»‘’‚](.+?)["'“”„«»‘’‚](?!\w)""")
_BEFORE = "¿¡(["
_AFTER = ".,;:!?)]…"
_MARK = "\x00"


def normalised(question: str) -> str:
    """Return a question so that those which are the same are equal; empty if it has no word."""
    text = unicodedata.normalize("NFC", question.replace(_MARK, ""))
    values = [" ".join(value.split()) for value in _QUOTED.findall(text)]
    words = _QUOTED.sub(f" {_MARK} ", text).lower().split()
    bare = filter(None, (word.lstrip(_BEFORE).rstrip(_AFTER) for word in words))
    left = iter(values)
    return " ".join(f'"{next(left)}"' if word == _MARK else word for word in bare)


def digest_of(question: str) -> str:
    """Return the SHA-256 of a question as `normalised` writes it."""
    return hashlib.sha256(normalised(question).encode()).hexdigest()
