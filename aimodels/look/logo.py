"""The organisation's logo: a file that the operator names, read once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aimodels.paths import HOME

MAX_BYTES = 100_000
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture: its bytes, their media type, and a mark that changes with them."""

    content: bytes
    media_type: str
    mark: str


def logo(path: str) -> Logo:
    """Return the picture at `path`, which may be relative. Raises ValueError."""
    file = HOME / Path(path)
    try:
        content = file.read_bytes()
    except OSError:
        raise ValueError from None
    if file.suffix not in TYPES or not 0 < len(content) <= MAX_BYTES:
        raise ValueError
    return Logo(content, TYPES[file.suffix], hashlib.sha256(content).hexdigest()[:12])
