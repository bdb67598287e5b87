"""Permission by group: who may use a model, a provider or a data source."""

from __future__ import annotations

Groups = frozenset[str]


def may_use(allow: Groups | None, groups: Groups | None) -> bool:
    """May a member of `groups` use what is for `allow`? None means everyone, and every group."""
    return allow is None or groups is None or not allow.isdisjoint(groups)
