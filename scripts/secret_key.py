"""
Gives a settings file a SECRET_KEY of its own, unless it has one; only its owner may read it then.

    python3 scripts/secret_key.py .env
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path


def main(file: Path) -> None:
    text = file.read_text() if file.exists() else ""
    if os.environ.get("SECRET_KEY") or re.search(
        r"^\s*(export\s+)?SECRET_KEY=.", text, re.MULTILINE
    ):
        return
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as lines:
        lines.write(
            f"{'' if text.endswith(chr(10)) or not text else chr(10)}"
            f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        )
    file.chmod(0o600)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(f"{sys.argv[1]} cannot be written: {error.strerror}.")
