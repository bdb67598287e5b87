"""
The data sources, and who sees which: members of a source's groups, and superusers.

For all others it is not there: neither its name, nor its schema, nor its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.access import Groups, may_use
from core.errors import PortalError
from core.text import did_you_mean, hide_keys, quote
from core.variables import scrub
from workflow.sources.url import Address


@dataclass(frozen=True, slots=True)
class Source:
    """A database to ask. `line` and `column` are where the file begins it.

    `seconds` and `rows` are what one query may take and give. Without `run` its schema is shown
    and nothing is run; with `auto_run` the page runs the query of a question without a click.
    `values` names the tables and columns whose values local models see.
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
    line: int = 0
    column: int = 0
    auto_run: bool = False

    @property
    def dialect(self) -> str:
        return self.address.dialect

    def scrub(self, text: str) -> str:
        """Return `text` without this source's secrets."""
        return hide_keys(scrub(text, self.address.secrets))


@dataclass(frozen=True, slots=True)
class Sources:
    """What one version of the file lists, by name. `file` is its name."""

    all: Mapping[str, Source] = field(default_factory=dict)
    file: str = ""

    def visible(self, groups: Groups | None) -> list[Source]:
        """Return the sources for members of `groups`, in the file's order; None sees all."""
        return [source for source in self.all.values() if may_use(source.groups, groups)]

    def get(self, name: str, groups: Groups | None) -> Source:
        """Return the source of that name, if it is for members of `groups`.

        Raises PortalError `not_found`, in the same words if there is none and if it is for others.
        """
        seen = {source.name: source for source in self.visible(groups)}
        if name in seen:
            return seen[name]
        message = f"There is no data source {quote(name)} for you.{did_you_mean(name, seen)}"
        raise PortalError("not_found", message, param="schema")
