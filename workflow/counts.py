"""How many rows one person may store, which pages show before it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy

from core.database.threads import in_time
from core.errors import PortalError
from workflow.models import Inquiry, SavedSchema

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise as StrPromise

NEARLY_FULL = 80  # percent
FEW_SCHEMAS = gettext_lazy(
    "You have {number} of {limit} saved schemas. Delete some that you do not need."
)
NO_SCHEMA = gettext_lazy("You have {limit} saved schemas, which is the limit. Delete some first.")
FEW_INQUIRIES = gettext_lazy(
    "You have {number} of {limit} stored questions. Delete some that you do not need."
)
NO_INQUIRY = gettext_lazy(
    "You have {limit} stored questions, which is the limit. Delete some first."
)


class Count(NamedTuple):
    """How many of `limit` rows a person has; `few_left` and `none_left` say so of them."""

    rows: QuerySet[Any]
    limit: int
    few_left: StrPromise
    none_left: StrPromise

    @property
    def note(self) -> str:
        """Say that few more can be stored, if so. One query."""
        number = self.rows.count()
        if 100 * number < NEARLY_FULL * self.limit:
            return ""
        return self.few_left.format(number=number, limit=self.limit)

    @property
    def refusal(self) -> str:
        return self.none_left.format(limit=self.limit)

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
    return Count(rows, settings.SCHEMAS_PER_PERSON, FEW_SCHEMAS, NO_SCHEMA)


def inquiries(user: Any) -> Count:
    return Count(Inquiry.of(user), settings.INQUIRIES_PER_PERSON, FEW_INQUIRIES, NO_INQUIRY)
