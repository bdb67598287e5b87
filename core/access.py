"""Permission by group, and by place: who may use a model, a provider or a data source."""

from __future__ import annotations

from dataclasses import dataclass, replace

Groups = frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """What a request may use: what is for its `groups`, where None means everything.

    With `local_only` it stays in the house: only providers that are `local` may get it.
    `models` are IDs: a token may use these alone, and None is all. `identifiers` are the kinds of
    those in the request, if it is `local_only` for them. `permissions` are those of a person who
    is signed in, and None is all; tokens have none.
    """

    groups: Groups | None = None
    local_only: bool = False
    models: frozenset[str] | None = None
    identifiers: tuple[str, ...] = ()
    permissions: frozenset[str] | None = frozenset()

    def has(self, permissions: frozenset[str]) -> bool:
        """Does it have all of these permissions?"""
        return self.permissions is None or permissions <= self.permissions

    def may_use(self, allow: Groups | None) -> bool:
        return may_use(allow, self.groups)

    def clears(self, *, local: bool) -> bool:
        """May a provider get this request?"""
        return local or not self.local_only

    def limited(self, *, local_only: bool) -> Access:
        """Return this access to what is `local_only`, or not more than this access is."""
        return replace(self, local_only=True) if local_only > self.local_only else self


def may_use(allow: Groups | None, groups: Groups | None) -> bool:
    """May a member of `groups` use what is for `allow`? None means everyone, and every group."""
    return allow is None or groups is None or not allow.isdisjoint(groups)
