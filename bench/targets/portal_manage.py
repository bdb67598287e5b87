"""`manage.py` without the developer's own .env, so that everyone measures the same portal."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

import environ  # noqa: E402 — the path comes first

environ.Env.read_env = staticmethod(lambda *_: None)

from aimodels.command_line import main  # noqa: E402 — now that nothing is read

if __name__ == "__main__":
    main()
