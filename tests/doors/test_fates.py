"""What the tables of fates say is what becomes of each field, in every door."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import PortalError
from doors import fates, tables
from tests.doors.examples import EXAMPLES, READERS, REQUESTS, TABLES

CASES = [(door, name) for door, table in TABLES.items() for name in table]


def read(door: str, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the conversation that a door reads, with its model, and what it drops."""
    asked = READERS[door](REQUESTS[door] | fields)
    return {**asked.chat, "model": asked.model}, asked.dropped


def without(door: str, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what is read without the field; one that a request must have stays as it is."""
    return read(door, **({} if name in REQUESTS[door] else {name: None}))


@pytest.mark.parametrize(("door", "name"), CASES)
def test_a_field_has_its_fate(door: str, name: str) -> None:
    value, kind = EXAMPLES[door][name], TABLES[door][name].kind
    if kind == fates.REFUSED:
        with pytest.raises(PortalError) as caught:
            read(door, **{name: value})
        assert caught.value.param == name
        return
    conversation, dropped = read(door, **{name: value})
    before, _ = without(door, name)
    if kind == fates.ANSWERED:
        assert (conversation, dropped) == (before, ())
    elif kind in (fates.DROPPED, fates.NATIVE):
        assert name in dropped
        assert conversation == before
    else:
        assert dropped == ()
        assert conversation != before
        assert kind == fates.CHANGED or conversation[name] == value


def test_a_refusal_says_what_to_do() -> None:
    notes = [
        fate.note
        for door in tables.TABLES.values()
        for table in door.values()
        for fate in table.values()
        if fate.kind == fates.REFUSED
    ]
    remedies = {note.split(". ", 1)[-1].split()[0] for note in notes}
    assert remedies == {"Call", "Leave", "POST", "Send"}


@pytest.mark.parametrize("door", TABLES)
def test_every_field_has_an_example(door: str) -> None:
    assert EXAMPLES[door].keys() == TABLES[door].keys()


@pytest.mark.parametrize("door", TABLES)
def test_an_unknown_field_is_dropped_but_not_a_dangerous_or_a_constraining_one(door: str) -> None:
    assert read(door, wholly_new=1)[1] == ("wholly_new",)
    assert read(door, wholly_new=None)[1] == ()
    for name in ("api_base", "guided_foo", "extra_headers"):
        with pytest.raises(PortalError, match=name):
            read(door, **{name: {"a": "b"}})
