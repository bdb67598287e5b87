"""
What becomes of the fields of a request, for every door: one table each, from which docs are made.

    CARRIED   the conversation has the same field
    CHANGED   it has the same meaning in another form; the note says which
    ANSWERED  it changes the form of the answer, and is not sent
    NATIVE    sent only to servers that speak the door's own API, else dropped and reported
    DROPPED   dropped and reported: the answer keeps its meaning and its form
    IGNORED   dropped; it means something only to a server that keeps what it sent
    REFUSED   400; the note says why

A field that no table has is dropped and reported, unless it is dangerous, or would constrain the
answer. A `null` asks for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from chat.requests.dangers import check_constraints, refused
from chat.requests.fit import DROPPED as UNSENT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

CARRIED, CHANGED, ANSWERED = "carried", "changed", "answered"
NATIVE, DROPPED, IGNORED, REFUSED = "native", "dropped", "ignored", "refused"


class Fate(NamedTuple):
    """What becomes of a field, and how. `neutral` are values that ask for nothing."""

    kind: str
    note: str = ""
    neutral: tuple[Any, ...] = ()


Table = dict[str, Fate]


def lost(request: Mapping[str, Any], table: Table, place: str = "") -> list[str]:
    """Return the names of the fields that are dropped. Raises PortalError for what is refused.

    `place` is the path of `request`, for one inside another.
    """
    names = []
    for name, value in request.items():
        path = f"{place}.{name}" if place else name
        fate = table.get(name) or _unknown(name, value, path)
        if value is None or value in fate.neutral:
            continue
        if fate.kind == REFUSED:
            raise refused(f"{path}: {fate.note}", path)
        if fate.kind == DROPPED:
            names.append(path)
    return names


def lost_inside(row: Mapping[str, Any], table: Table, place: str) -> list[str]:
    """Return the names of the fields of a block, an item or a part that are not carried.

    Nothing is refused: some of these were written by servers, whose answers have any field.
    """
    return [
        f"{place}.{name}"
        for name, value in row.items()
        if value is not None and _is_lost(table.get(name) or Fate(DROPPED), value)
    ]


def _is_lost(fate: Fate, value: Any) -> bool:
    return fate.kind in (NATIVE, DROPPED) and value not in fate.neutral


def native(request: Mapping[str, Any], table: Table) -> list[str]:
    """Return the names of the fields that only servers of the door's own API get."""
    return [name for name, value in request.items()
            if (fate := table.get(name)) and fate.kind == NATIVE
            and value not in (None, *fate.neutral)]  # fmt: skip


def without(request: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    if not names:
        return request
    return {name: value for name, value in request.items() if name not in names}


def _unknown(name: str, value: Any, path: str) -> Fate:
    UNSENT.check({name: value}, path.removesuffix(name).removesuffix("."))
    check_constraints(name, value)
    return Fate(DROPPED)
