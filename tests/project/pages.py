"""The pages of the documents, their blocks, and what they may name: for the tests of them."""

from __future__ import annotations

import re
from typing import Any

from django.core.management import get_commands, load_command_class

from tests.support.paths import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "bench/README.md"])
TEXTS = {str(page.relative_to(ROOT)): page.read_text() for page in PAGES}
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text_of(page: str) -> str:
    return TEXTS[f"docs/{page}.md"]


def first_cells(text: str) -> set[str]:
    """Return what is in backticks in the first cells of a page's tables."""
    cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def blocks(language: str) -> list[tuple[str, str]]:
    """Return page and content of each fenced block of a language."""
    return [
        (page, block)
        for page, text in TEXTS.items()
        for name, block in FENCED.findall(text)
        if name == language
    ]


def own_commands() -> dict[str, str]:
    apps = ("aimodels", "registry", "accounts", "chat", "workflow", "sharing", "ledger", "alerts")
    return {name: app for name, app in get_commands().items() if app in apps}


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def parser_of(name: str) -> Any:
    return load_command_class(get_commands()[name], name).create_parser("manage.py", name)


def subparsers(name: str) -> dict[str, Any]:
    return parsers_in(parser_of(name))


def parsers_in(parser: Any) -> dict[str, Any]:
    """Return the parsers of a parser's subcommands, by name."""
    choices = (action.choices for action in parser._actions)
    return next((dict(known) for known in choices if hasattr(known, "keys")), {})
