"""Every command, path and link of the documents exists."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.project.pages import FENCED, TEXTS, make_targets, parser_of, parsers_in, subparsers
from tests.support.paths import ROOT


def options_of(command: str, words: list[str]) -> set[str]:
    """Return the options of a command, or of the subcommand that `words` begin with."""
    parser = parser_of(command)
    for word in words:
        parser = parsers_in(parser).get(word, parser)
    return {option for action in parser._actions for option in action.option_strings}


def commands_in(text: str) -> list[list[str]]:
    """Return the words of each `manage.py …` and `bin/aimodels …` in code."""
    spans = [*re.findall(r"`([^`\n]+)`", FENCED.sub("", text)),
             *(line for _, block in FENCED.findall(text) for line in block.splitlines())]  # fmt: skip
    found = (re.search(r"(?:manage\.py|bin/aimodels|^aimodels) ([a-z].*)", span) for span in spans)
    return [match[1].split() for match in found if match]


@pytest.mark.parametrize("page", TEXTS)
def test_the_commands_that_a_page_names_exist(page: str) -> None:
    for command, *words in commands_in(TEXTS[page]):
        if command == "help":
            continue
        assert command in get_commands(), f"{command}: {words}"
        subcommands = subparsers(command)
        if subcommands and words:
            assert words[0].rstrip(",") in subcommands, f"{command} {words}"
        options = {o for word in words for o in re.findall(r"^\[?(--[a-z-]+)", word)}
        assert options <= options_of(command, words), f"{command} {words}"


@pytest.mark.parametrize("page", TEXTS)
def test_the_make_targets_that_a_page_names_exist(page: str) -> None:
    names = re.findall(r"(?:^    |`)make ([a-z-]+)", TEXTS[page], re.MULTILINE)
    assert set(names) <= make_targets()


ROOMS = ("accounts", "aimodels", "alerts", "bench", "chat", "core", "deploy", "docs", "faults", "queryexpr", "registry",
         "scripts", "sharing", "static", "templates", "tests", "workflow")  # fmt: skip
TO_CREATE = {"queryexpr/dialects/trino.py"}  # files that a guide lets its reader write


@pytest.mark.parametrize("page", TEXTS)
def test_the_paths_that_a_page_names_exist(page: str) -> None:
    spans = re.findall(r"`([\w./-]+)`", TEXTS[page])
    paths = [span for span in spans if span.partition("/")[0] in ROOMS and "/" in span]
    assert [p for p in paths if not (ROOT / p).exists() and p not in TO_CREATE] == []


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", TEXTS)
def test_the_links_of_a_page_resolve(page: str) -> None:
    links = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", FENCED.sub("", TEXTS[page]))
    for link in links:
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_the_readme_or_from_contributing() -> None:
    linked = {match for name in ("README.md", "CONTRIBUTING.md")
              for match in re.findall(r"\(([\w/.-]+\.md)", TEXTS[name])}  # fmt: skip
    assert TEXTS.keys() - linked - {"README.md"} == set()


def test_headings_go_down_one_level_at_a_time() -> None:
    for page, text in TEXTS.items():
        levels = [len(marks) for marks in re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE)]
        assert levels[0] == 1, page
        assert all(after <= before + 1 for before, after in pairwise(levels)), page
