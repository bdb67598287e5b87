"""
The data sources, and who sees which: members of a source's groups, and superusers. The portal's
own copies are for people with certain permissions, who are signed in.

For all others it is not there: neither its name, nor its schema, nor its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from core.access import Access, may_use
from core.errors import PortalError
from core.text import did_you_mean, hide_keys, quote
from core.variables import scrub
from workflow.sources.url import Address


@dataclass(frozen=True, slots=True)
class Source:
    """A database to ask. `line` and `column` are where the file begins it.

    `seconds` and `rows` are what one query may take and give. Without `run` its schema is shown
    and nothing is run; with `auto_run` the page runs the query of a question without a click.
    `values` names the tables and columns whose values local models see. Those who have all of
    `permissions`, if there are any, see it and run queries on it; then it has no groups. `lacks` is
    a sentence about the rows that it does not have.
    """

    name: str
    title: str
    groups: frozenset[str]
    tables: tuple[str, ...]
    address: Address = field(repr=False)
    local_only: bool = False
    run: bool = False
    seconds: float = 10.0
    rows: int = 1000
    values: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)
    auto_run: bool = False
    permissions: frozenset[str] = frozenset()
    lacks: str = ""

    @property
    def dialect(self) -> str:
        return self.address.dialect

    @property
    def label(self) -> str:
        """Its title for people: that of the portal's own copies is in their language."""
        return gettext(self.title) if self.permissions else self.title

    def is_for(self, access: Access) -> bool:
        """May those who have `access` see it?"""
        if self.permissions:
            return access.has(self.permissions)
        return may_use(self.groups, access.groups)

    def scrub(self, text: str) -> str:
        """Return `text` without this source's secrets."""
        return hide_keys(scrub(text, self.address.secrets))


@dataclass(frozen=True, slots=True)
class Sources:
    """What one version of the file lists, by name. `file` is its name, `revision` its content's."""

    all: Mapping[str, Source] = field(default_factory=dict)
    file: str = ""
    revision: str = ""

    def visible(self, access: Access) -> list[Source]:
        """Return the sources for those who have `access`, in the file's order."""
        return [source for source in self.all.values() if source.is_for(access)]

    def get(self, name: str, access: Access) -> Source:
        """Return the source of that name, if it is for those who have `access`.

        Raises PortalError `not_found`, in the same words if there is none and if it is for others.
        """
        seen = {source.name: source for source in self.visible(access)}
        if name in seen:
            return seen[name]
        message = f"There is no data source {quote(name)} for you.{did_you_mean(name, seen)}"
        raise PortalError("not_found", message, param="schema")
