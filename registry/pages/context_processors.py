"""What base.html needs on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import auth
from registry.pages.events import version
from registry.state.service import service


def state(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html tells: the version that a page shows, and what staff are warned of."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    found: dict[str, Any] = {"models_version": version(), "warns": user.is_staff}
    if user.is_staff:
        found["store_down"] = service.store_down is not None
        if service.rejected is not None:
            operator = user.has_perm(auth.OPERATE)
            found["rejected_edit"] = service.rejected.as_dict(operator=operator)
    return found
