"""A switch of a default by a person, from the API or a form: it is recorded with the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.models import Change
from registry.state.service import Switch, service

if TYPE_CHECKING:
    from collections.abc import Container

    from django.contrib.auth.models import User
    from django.http import HttpRequest


def switch_primary(
    request: HttpRequest,
    user: User,
    capability: str,
    model: str | None,
    *,
    reason: str = "",
    force: bool = False,
    expected: Container[str] | None = None,
) -> Switch:
    """Set the primary of `capability` to `model`; None returns to the file's default.

    The arguments and the errors are those of `RegistryService.set_primary`.
    """
    kind = Change.Kind.RESET if model is None else Change.Kind.SET
    by, record = user.get_username(), Change.by(request, user, kind, reason)
    if model is None:
        return service.reset_primary(capability, by=by, expected=expected, record=record)
    return service.set_primary(
        capability, model, by=by, reason=reason, force=force, expected=expected, record=record
    )
