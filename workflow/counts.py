"""How many rows one person may store, which pages show before it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

from core.database.threads import in_time
from core.errors import PortalError
from workflow.models import Inquiry, SavedSchema

if TYPE_CHECKING:
    from django.db.models import QuerySet

NEARLY_FULL = 80  # percent


class Count(NamedTuple):
    """How many of `limit` rows a person has; `what` names them."""

    rows: QuerySet[Any]
    limit: int
    what: str

    @property
    def note(self) -> str:
        """Say that few more can be stored, if so. One query."""
        number = self.rows.count()
        if 100 * number < NEARLY_FULL * self.limit:
            return ""
        return f"You have {number} of {self.limit} {self.what}. Delete some that you do not need."

    @property
    def refusal(self) -> str:
        return f"You have {self.limit} {self.what}, which is the limit. Delete some first."

    @property
    def full(self) -> str:
        """Say that no more can be stored, if so. One query."""
        return self.refusal if self.rows.count() >= self.limit else ""

    async def check(self) -> None:
        """Raise PortalError `payload_too_large` if no more can be stored."""
        if await in_time(self.rows.acount()) >= self.limit:
            raise PortalError("payload_too_large", self.refusal)


def schemas(user: Any) -> Count:
    rows = SavedSchema.objects.filter(user=user)
    return Count(rows, settings.SCHEMAS_PER_PERSON, "saved schemas")


def inquiries(user: Any) -> Count:
    return Count(Inquiry.of(user), settings.INQUIRIES_PER_PERSON, "stored questions")
