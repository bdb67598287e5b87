"""
Which names of models mean one model: a provider reports `x-2026-08-06` where `x` was asked. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATED = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8})$")
_LATEST = re.compile(r"[-:]latest$")


def without_date(name: str) -> str:
    """Return the name of which this is a dated version."""
    return _LATEST.sub("", _DATED.sub("", name.lower()))


def alike(names: Iterable[str]) -> dict[str, str]:
    """Return what to call each of `names`: those that may be one model have one name.

    Dated versions are distinguished where no name without a date occurs: that could be any of them.
    """
    known = set(names)
    undated = {without_date(name) for name in known if not _DATED.search(name)}
    return {name: base if (base := without_date(name)) in undated else name for name in known}
