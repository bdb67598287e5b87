"""A file with one key, below which names have sections: sources.yaml, meanings.yaml. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from core.errors import Problem
from core.yaml.errors import Mistake, unknown_key
from core.yaml.strict import parse
from core.yaml.tree import Node, problem_at, to_data


class Sections(NamedTuple):
    """The tree of a file, its sections by name, and what is wrong with its form."""

    root: Node
    all: dict[str, Any]
    problems: list[Problem]


def read_sections(source: bytes, key: str, none: str, form: str) -> Sections:
    """Return the sections below `key`. Raises ConfigError if the tree cannot be used.

    `none` is the message for a file without a section, `form` how one is written.
    """
    root, problems = parse(source, key)
    data = to_data(root)
    problems += [problem_at(root, *mistake) for mistake in _top(data, key, none, form)]
    sections = data.get(key)
    return Sections(root, sections if isinstance(sections, dict) else {}, problems)


def _top(data: dict[str, Any], key: str, none: str, form: str) -> Iterator[Mistake]:
    for name in data:
        if name != key:
            yield Mistake((name,), unknown_key((name,), [key]), at_key=True)
    if key not in data:
        if len(data) != 1:
            yield Mistake((), f"'{key}' is missing.", at_key=True)
    elif not data[key]:
        yield Mistake((key,), none, at_key=True)
    elif not isinstance(data[key], dict):
        yield Mistake((key,), f"This must be a mapping: lines of `{form}`.")
