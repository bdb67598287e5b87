"""Where confirmed questions are looked up for a request, and what its reader may see of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.models import Confirmation

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Lookup:
    """The confirmed questions about one data source, or about saved tables of one person.

    `reader` is the person's key, and `sees_people` whether they may see who confirmed. With
    `outside` the answer goes to models that the portal does not know: then what stays in the house
    is not there.
    """

    source: str = ""
    tables: int | None = None
    reader: int | None = None
    sees_people: bool = False
    outside: bool = False

    @property
    def rows(self) -> QuerySet[Confirmation]:
        """Return all of them, also those that have ended."""
        return Confirmation.objects.filter(source=self.source, tables=self.tables)

    @property
    def current(self) -> QuerySet[Confirmation]:
        """Return those that answer questions now, as far as they are not stale."""
        rows = self.rows.filter(ended=None)
        return rows.filter(local_only=False) if self.outside else rows

    def names(self, row: Confirmation) -> bool:
        """May the reader see who confirmed it? One's own name everyone may."""
        return self.sees_people or (self.reader is not None and row.who_id == self.reader)
