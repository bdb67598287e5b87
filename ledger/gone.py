"""People who were erased while calls of theirs were on their way into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.models import Call

# What a row has in place of what was of a person.
NO_ONE: dict[str, int | str | bytes] = {
    "person": 0, "token": "", "request": "", "prompt_mac": b"", "answer_mac": b"",
}  # fmt: skip


def without_gone(rows: Iterable[Call]) -> None:
    """Take what is of a person out of rows of accounts that are gone. The caller has the lock."""
    rows = [row for row in rows if row.person]
    people = get_user_model()._default_manager.filter(pk__in={row.person for row in rows})
    known = set(people.values_list("pk", flat=True))
    for row in rows:
        if row.person not in known:
            for name, value in NO_ONE.items():
                setattr(row, name, value)
