"""
The portal as its own data source: copies of what was used, as SQLite files of this machine.

`portal` has sums of whole months, of at least five people each; `portal-people` also what each
person used. `aimodels.portal_source` writes them. Neither is the portal's database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from workflow.sources.source import Source
from workflow.sources.url import Address

HERE = Path(__file__).parent
SEE_USAGE, SEE_PEOPLE = "ledger.see_usage", "accounts.see_people"
MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the portal's data, of the tables in the files `ddl`."""

    name: str
    title: str
    permissions: frozenset[str]
    ddl: tuple[str, ...]
    lacks: str

    @property
    def path(self) -> Path:
        return Path(settings.VAR_DIR) / "sources" / f"{self.name}.db"

    @property
    def statements(self) -> str:
        """The CREATE TABLE statements."""
        return "".join((HERE / file).read_text("utf-8") for file in self.ddl)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(re.findall(r"^CREATE TABLE (\w+)", self.statements, re.MULTILINE))

    @property
    def source(self) -> Source:
        address = Address("sqlite", {"path": str(self.path)}, (str(self.path),))
        return Source(
            self.name, self.title, frozenset(), self.tables, address, run=True, rows=MAX_ROWS,
            auto_run=True, permissions=self.permissions, lacks=self.lacks,
        )  # fmt: skip


SUMS = Copy(
    "portal", gettext_noop("Portal: usage and models"), frozenset({SEE_USAGE}), ("portal.sql",),
    gettext_noop("This source has whole months only, and nothing about fewer than five people: what"
                 " fewer used is under “(others)”."),
)  # fmt: skip
PEOPLE = Copy(
    "portal-people", gettext_noop("Portal: usage of each person"),
    frozenset({SEE_USAGE, SEE_PEOPLE}), ("portal.sql", "people.sql"),
    gettext_noop("This source is a copy that is written each hour. Use by model and by group is of"
                 " whole months, and of five people or more."),
)  # fmt: skip


def portal_sources() -> dict[str, Source]:
    """Return the copies as data sources, by name."""
    return {copy.name: copy.source for copy in (SUMS, PEOPLE)}
