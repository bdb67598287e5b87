"""Who may use what: groups of people."""

from __future__ import annotations

Groups = frozenset[str]


def may_use(allow: Groups | None, groups: Groups | None) -> bool:
    """May a member of `groups` use what `allow` permits? None: everything is permitted."""
    return allow is None or groups is None or not allow.isdisjoint(groups)
