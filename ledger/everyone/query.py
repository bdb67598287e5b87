"""What a reader asks for, as the page's address has it: days, a breakdown and filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ledger.usage.period import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMS_BY = {"model": _("Model"), "provider": _("Provider"), "capability": _("Capability"),
           "group": _("Group")}  # fmt: skip
PEOPLE_BY = {"outcome": _("Outcome"), "code": _("Error"), "person": _("Person"),
             "token": _("Token")}  # fmt: skip
MAX_BARS = 31  # days; longer periods are shown by the month
FILTERS = ("group", "model", "provider", "capability", "outcome")


@dataclass(frozen=True, slots=True)
class Query:
    """`filters` has those that are set. With `whole_months`, figures are sums of cells."""

    period: Period
    by: str
    filters: dict[str, str]
    whole_months: bool

    @classmethod
    def read(cls, fields: Mapping[str, str], *, sees_people: bool) -> Query:
        """Return what is asked for. What is missing, wrong or not allowed is left out."""
        period = Period.read(fields.get("from", ""), fields.get("until", ""))
        if not sees_people:
            period = period.widened
        kinds = SUMS_BY | PEOPLE_BY if sees_people else SUMS_BY
        by = fields.get("by", "")
        filters = {name: text for name in FILTERS if name in kinds and (text := fields.get(name))}
        return cls(period, by if by in kinds else "model", filters, not sees_people)

    @property
    def kinds(self) -> dict[str, object]:
        """The breakdowns that the reader may choose, with their titles."""
        return dict(SUMS_BY if self.whole_months else SUMS_BY | PEOPLE_BY)

    @property
    def by_month(self) -> bool:
        """Are the figures shown by the month?"""
        return self.whole_months or self.period.length > MAX_BARS

    @property
    def before(self) -> Query:
        """The same of the time before: as many days, or months if the period is of months."""
        first, last = self.period
        before = first - timedelta(days=1)
        if first.day == 1 and (last + timedelta(days=1)).day == 1:
            months = (last.year - first.year) * 12 + last.month - first.month
            for _ in range(months + 1):
                first = (first - timedelta(days=1)).replace(day=1)
        else:
            first -= timedelta(days=self.period.length)
        return Query(Period(first, before), self.by, self.filters, self.whole_months)

    @property
    def address(self) -> str:
        """The query of the page's address."""
        fields = QueryDict(mutable=True)
        days = {"from": self.period.first.isoformat(), "until": self.period.last.isoformat()}
        fields.update({**days, "by": self.by, **self.filters})
        return fields.urlencode()
