"""
Reads what each person or token used: only for readers who see people.

First how many calls each made, from sums of nothing else; then all figures of those who made most.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from ledger.everyone.parts import parts
from ledger.everyone.reading import filtered, sums_of
from ledger.sums import Day, PersonRollup
from ledger.usage.figures import IntegerSum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.everyone.parts import Part
    from ledger.everyone.query import Query
    from ledger.everyone.reading import Row

Key = tuple[Any, ...]  # a person; and a token


def by_person(query: Query, most: int | None = None) -> tuple[Iterator[Row], int]:
    """Return the sums of each person, or each token, with its name in `name`; and 0.

    With `most`, only of so many names, those with the most calls; and how many others there are.
    """
    keys = ("person", "token") if query.by == "token" else ("person",)
    names = _names(_ranks(query, keys)) if most else {}
    calls: Counter[str] = Counter()
    for name, count in names.values():
        calls[name] += count
    shown = {name for name, _count in calls.most_common(most)}
    chosen = {key for key, (name, _count) in names.items() if name in shown}
    rows = (row for row in _rows(query, keys, chosen) if not most or _key(row, keys) in chosen)
    users = _usernames({key[0] for key in chosen} if most else None)
    named = (row | {"name": _name(users, *_key(row, keys))} for row in rows)
    return named, len(calls) - len(shown)


def _ranks(query: Query, keys: tuple[str, ...]) -> Counter[Key]:
    """Count the calls of each who made some."""
    ranks: Counter[Key] = Counter()
    if query.filters:
        found = _all(query)
    else:
        kinds = (PersonRollup.objects.filter(kind=kind) for kind in ("day", "month"))
        found = parts(query, *kinds)
    for part, sign in found:
        rows = filtered(part, query.filters).values_list(*keys).annotate(IntegerSum("calls"))
        for *key, calls in rows.iterator():
            ranks[tuple(key)] += sign * calls
    return +ranks


def _rows(query: Query, keys: tuple[str, ...], chosen: set[Key]) -> Iterator[Row]:
    """Yield the sums of those people who are in one of `chosen`; of all if there is none."""
    people = {key[0] for key in chosen}
    for part, sign in _all(query):
        some = part.filter(person__in=people) if people else part
        rows = filtered(some, query.filters)
        yield from sums_of(rows, *keys, "outcome", "currency", sign=sign)


def _all(query: Query) -> list[Part]:
    return parts(query, Day.objects.all(), PersonRollup.objects.filter(kind="month all"))


def _key(row: Row, keys: tuple[str, ...]) -> Key:
    return tuple(row[name] for name in keys)


def _names(ranks: Counter[Key]) -> dict[Key, tuple[str, int]]:
    users = _usernames({key[0] for key in ranks})
    return {key: (_name(users, *key), calls) for key, calls in ranks.items()}


def _usernames(people: set[int] | None) -> dict[int, str]:
    """Return the names of accounts, or of all accounts."""
    users = get_user_model()._default_manager.all()
    some = users if people is None else users.filter(pk__in=people)
    return dict(some.values_list("pk", "username"))


def _name(users: dict[int, str], person: int, token: str | None = None) -> str:
    name = users.get(person) or _("No one")
    if token is None:
        return name
    return f"{name}: {token[:8]}…" if token else _("%(name)s, on pages") % {"name": name}
