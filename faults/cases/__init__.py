"""The table of cases, a module for each family of faults."""

from __future__ import annotations

from itertools import chain

from faults.cases import (
    amounts,
    callers,
    database,
    fallback,
    leavers,
    load,
    names,
    people,
    processes,
    providers,
    store,
)

FAMILIES = (
    providers, names, leavers, fallback, callers, amounts, store, processes, people, database, load
)  # fmt: skip
CASES = [*chain.from_iterable(family.CASES for family in FAMILIES)]
