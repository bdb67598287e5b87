"""What the tables say of blocks, items and parts is what becomes of each of their fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import PortalError
from doors import fates
from tests.doors.contents import MARK, PLACES

CASES = [
    (place, kind, name)
    for place, (_, tables, _) in PLACES.items()
    for kind, table in tables.items()
    for name in table
    if name != "type"
]


def read(place: str, kind: str, **fields: Any) -> tuple[str, tuple[str, ...]]:
    """Return the conversation as text, and what is dropped."""
    reader, _, examples = PLACES[place]
    asked = reader(kind, {**examples[kind][0], **fields})
    return json.dumps(asked.chat), asked.dropped


@pytest.mark.parametrize(("place", "kind", "name"), CASES)
def test_a_field_has_its_fate(place: str, kind: str, name: str) -> None:
    _, tables, examples = PLACES[place]
    value, fate = examples[kind][1][name], tables[kind][name].kind
    if fate == fates.REFUSED:
        with pytest.raises(PortalError, match=name):
            read(place, kind, **{name: value})
        return
    conversation, dropped = read(place, kind, **{name: value})
    plain, none = read(place, kind)
    assert none == ()
    names = [path.rpartition(".")[2] for path in dropped]
    if fate in (fates.DROPPED, fates.NATIVE, fates.IGNORED):
        assert conversation == plain
        assert names == ([] if fate == fates.IGNORED else [name])
    else:
        assert names == []
        assert conversation != plain
        assert MARK in conversation or MARK not in json.dumps(value)


@pytest.mark.parametrize("place", PLACES)
def test_every_field_has_an_example(place: str) -> None:
    _, tables, examples = PLACES[place]
    assert examples.keys() == tables.keys()
    for kind, table in tables.items():
        assert examples[kind][1].keys() == table.keys() - {"type"}


@pytest.mark.parametrize("place", ["block", "item", "part"])
def test_an_unknown_field_is_dropped_and_reported(place: str) -> None:
    for kind in PLACES[place][1]:
        conversation, dropped = read(place, kind, wholly_new=MARK)
        assert [path.rpartition(".")[2] for path in dropped] == ["wholly_new"]
        assert MARK not in conversation


def test_thoughts_of_another_server_are_dropped_and_reported() -> None:
    _, dropped = read("item", "reasoning", encrypted_content="gAAAA")
    assert dropped == ("input.encrypted_content",)
