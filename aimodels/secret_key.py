"""A SECRET_KEY for a new installation."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path


def ensure_secret_key(file: Path) -> None:
    """Add a new SECRET_KEY to `file`, unless the file or the environment has one.

    Only the owner may read the file afterwards.
    """
    text = file.read_text() if file.exists() else ""
    in_file = re.search(r"^\s*(export\s+)?SECRET_KEY=.", text, re.MULTILINE)
    if in_file or os.environ.get("SECRET_KEY"):
        return
    line_end = "\n" if text and not text.endswith("\n") else ""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as lines:
        lines.write(f"{line_end}SECRET_KEY={secrets.token_urlsafe(50)}\n")
    file.chmod(0o600)
