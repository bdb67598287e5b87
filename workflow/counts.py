"""How many rows one person may store, which pages show before it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from core.database.threads import in_time
from core.errors import PortalError, Sentence
from workflow.models import Inquiry, SavedSchema

if TYPE_CHECKING:
    from django.db.models import QuerySet

NEARLY_FULL = 80  # percent
FEW_SCHEMAS = _("You have {number} of {limit} saved schemas. Delete some that you do not need.")
NO_SCHEMA = _("You have {limit} saved schemas, which is the limit. Delete some first.")
FEW_INQUIRIES = _(
    "You have {number} of {limit} stored questions. Delete some that you do not need."
)
NO_INQUIRY = _("You have {limit} stored questions, which is the limit. Delete some first.")


class Count(NamedTuple):
    """How many of `limit` rows a person has; `few_left` and `none_left` say so of them."""

    rows: QuerySet[Any]
    limit: int
    few_left: str
    none_left: str

    @property
    def note(self) -> str:
        """Say that few more can be stored, if so. One query."""
        number = self.rows.count()
        if 100 * number < NEARLY_FULL * self.limit:
            return ""
        return Sentence(self.few_left, number=number, limit=self.limit).shown(gettext)

    @property
    def refusal(self) -> Sentence:
        return Sentence(self.none_left, limit=self.limit)

    @property
    def full(self) -> str:
        """Say that no more can be stored, if so. One query."""
        return self.refusal.shown(gettext) if self.rows.count() >= self.limit else ""

    async def check(self) -> None:
        """Raise PortalError `payload_too_large` if no more can be stored."""
        if await in_time(self.rows.acount()) >= self.limit:
            raise PortalError("payload_too_large", [self.refusal])


def schemas(user: Any) -> Count:
    rows = SavedSchema.objects.filter(user=user)
    return Count(rows, settings.SCHEMAS_PER_PERSON, FEW_SCHEMAS, NO_SCHEMA)


def inquiries(user: Any) -> Count:
    return Count(Inquiry.of(user), settings.INQUIRIES_PER_PERSON, FEW_INQUIRIES, NO_INQUIRY)
