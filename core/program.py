"""The portal's program: its version, and its name, for messages that name a command."""

from __future__ import annotations

import sys
from pathlib import Path

VERSION = "0.1.0"  # pyproject.toml reads it, and MCP's clients show it
CHECKOUT, INSTALLED = "manage.py", "aimodels"
PACKAGES = Path(__file__).parents[1]  # the folder that has this package and the portal's others


def program_name(started: Path, packages: Path) -> str:
    """Return `manage.py` or `aimodels`, whichever was `started`.

    Another program, such as an ASGI server, does not have the portal's commands. Then it is
    `manage.py` if there is one beside the `packages`, as in a checkout.
    """
    if started.name in (CHECKOUT, INSTALLED):
        return started.name
    return CHECKOUT if (packages / CHECKOUT).exists() else INSTALLED


def command(arguments: str) -> str:
    """Return a command line that this installation has, such as `manage.py migrate`."""
    return f"{program_name(Path(sys.argv[0]), PACKAGES)} {arguments}"


def in_templates(request: object) -> dict[str, str]:
    """Return the template variable `program`. It is a context processor of Django."""
    return {"program": program_name(Path(sys.argv[0]), PACKAGES)}
