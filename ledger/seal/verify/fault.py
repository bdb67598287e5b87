"""What may be wrong with the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError

CHANGED = "changed"  # a row is not as it was sealed
MISSING = "missing"  # a row, a link or a seal was deleted
APPENDED = "appended"  # a row has no link
REORDERED = "reordered"  # a genuine link is at another place
RECHAINED = "re-chained"  # a link or a seal was made without the key
CUT = "cut tail"  # the newest rows or seals were deleted

# What reading a column raises in which someone wrote what does not belong there.
UNREADABLE = (ValueError, TypeError, OverflowError, DatabaseError)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `day` is the one that is sealed, empty if none is yet; `row` is a call's ID."""

    kind: str
    what: str
    place: int = 0
    row: str = ""
    day: str = ""

    def __str__(self) -> str:
        where = [self.day or "not sealed yet", f"place {self.place}" if self.place else ""]
        row = f"row {self.row}" if self.row else ""
        return f"{self.kind:10}  {', '.join(filter(None, [*where, row]))}: {self.what}"
