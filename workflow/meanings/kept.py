"""How many stored questions rest on which definitions. Their texts are their owners' alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from workflow.models import Confirmation, Inquiry

_KINDS = {"measure": "measures", "dimension": "dimensions", "codes": "codes", "join": "joins"}
Name = tuple[str, str]  # a source, and a measure or a dimension of it


def uses() -> Counter[Name]:
    """Return the number of stored questions for each definition that their queries have."""
    rows = Inquiry.objects.exclude(source="").values_list("source", "answer", "edited")
    found: Counter[Name] = Counter()
    for source, answer, edited in rows.iterator():
        found.update({(source, name) for name in _names(answer, edited)})
    return found


def _names(answer: Any, edited: Any) -> Iterator[str]:
    """Yield the definitions of the query that the page shows: the edited one, if there is one."""
    last = edited or answer.get("written") or answer.get("built") or {}
    yield from (one["name"] for one in last.get("meanings", ()))


def confirmed_uses() -> Counter[tuple[str, str, str]]:
    """Return the number of confirmed questions for each part of the file that they rest on.

    Keys are a source, a kind of definitions as the file names it, and what `diff` calls the part.
    """
    rows = Confirmation.objects.filter(ended=None).exclude(source="")
    found: Counter[tuple[str, str, str]] = Counter()
    for source, parts in rows.values_list("source", "parts").iterator():
        for name in parts.get("meanings", ()):
            kind, _, rest = name.partition(" ")
            found[source, _KINDS[kind], rest.replace(" ", " → ") if kind == "join" else rest] += 1
    return found
