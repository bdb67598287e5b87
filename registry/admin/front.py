"""The admin's front page: how things are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from core.auth.principals import OPERATE
from registry.admin.tables import ProviderRow, providers
from registry.models import Change
from registry.state.service import service

if TYPE_CHECKING:
    from django.http import HttpRequest

MAX_CHANGES = 5


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Health and use of the providers, as this worker sees them; the file; the last changes.

    `rejected` is the time of the last edit, if it was rejected.
    """

    rows: list[ProviderRow]
    changes: list[Change]
    operates: bool
    rejected: str | None
    file: str

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def healthy(self) -> int:
        return sum(row.health.status == "healthy" for row in self.rows)

    @property
    def troubled(self) -> list[ProviderRow]:
        """Return those that do not work. One that is not set up is as its operator wants it."""
        return [
            r for r in self.rows if r.health.status in ("degraded", "unreachable", "auth_failed")
        ]

    @property
    def calls(self) -> int:
        return sum(row.traffic.calls for row in self.rows)

    @property
    def failures(self) -> int:
        return sum(row.traffic.failures for row in self.rows)


def front_page(request: HttpRequest) -> FrontPage:
    """Return how things are, as far as the reader may see it."""
    user = request.user
    operates = user.has_perm(OPERATE)
    sees = operates or user.has_perm("registry.view_change")
    rejected = service.rejected.at if service.rejected else None
    return FrontPage(
        providers(service.current),
        list(Change.objects.all()[:MAX_CHANGES]) if sees else [],
        operates, rejected, settings.MODELS_FILE.name,
    )  # fmt: skip
