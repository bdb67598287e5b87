"""The REST routes for operators: primaries, reloading, and what an edit would do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import ConfigError, PortalError
from core.http.drf import IsOperator, principal_of
from core.http.envelope import API_HEADERS
from registry.api.serializers import (
    DryRunResultSerializer,
    DryRunSerializer,
    EmptySerializer,
    ReloadedSerializer,
    ResetPrimarySerializer,
    SetPrimarySerializer,
    SwitchSerializer,
)
from registry.api.views import RegistryViewSet, tags
from registry.diff import summary
from registry.models import Change
from registry.pages.choices import warning
from registry.state.dry_run import dry_run
from registry.state.service import Switch, service
from registry.workers.file_watcher import take
from registry.workers.worker import worker


class OperatorViewSet(RegistryViewSet):
    """What only those with the permission `registry.operate` may do."""

    permission_classes = [IsAuthenticated, IsOperator]

    @extend_schema(
        operation_id="set_primary", request=SetPrimarySerializer, responses=SwitchSerializer
    )
    def primary(self, request: Request) -> Response:
        """Choose the model that answers when a caller names none; all workers follow."""
        wanted = SetPrimarySerializer(data=request.data).checked()
        reason = wanted.get("reason", "")
        user = principal_of(request).user
        switch = service.set_primary(
            wanted["capability"],
            wanted["model"],
            by=user.get_username(),
            reason=reason,
            force=wanted.get("force", False),
            expected=_expected(request),
            record=Change.by(request._request, user, Change.Kind.SET, reason),
        )
        return _answer(switch)

    @extend_schema(
        operation_id="reset_primary", request=ResetPrimarySerializer, responses=SwitchSerializer
    )
    def reset(self, request: Request) -> Response:
        """Go back to what models.yaml says for a capability; all workers follow."""
        wanted = ResetPrimarySerializer(data=request.data).checked()
        reason = wanted.get("reason", "")
        user = principal_of(request).user
        switch = service.reset_primary(
            wanted["capability"],
            by=user.get_username(),
            expected=_expected(request),
            record=Change.by(request._request, user, Change.Kind.RESET, reason),
        )
        return _answer(switch)

    @extend_schema(
        operation_id="reload_models", request=EmptySerializer, responses=ReloadedSerializer
    )
    def reload(self, request: Request) -> Response:
        """Read models.yaml now, on all workers. A file with mistakes changes nothing."""
        EmptySerializer(data=request.data).checked()
        try:
            found = take()
        except ConfigError as error:
            message = f"{error.file} was not loaded:\n{error}"
            raise PortalError("models_file_invalid", message) from None
        worker.spread_reload()
        body = {
            "revision": service.current.revision,
            "summary": summary(found),
            "changes": [change.as_dict() for change in found],
        }
        return Response(body, headers=API_HEADERS)

    @extend_schema(
        operation_id="dry_run", request=DryRunSerializer, responses=DryRunResultSerializer
    )
    def dry_run(self, request: Request) -> Response:
        """Tell what putting a text in the place of models.yaml would do. Changes nothing."""
        wanted = DryRunSerializer(data=request.data).checked()
        return Response(dry_run(wanted["text"]).as_dict(), headers=API_HEADERS)


def _expected(request: Request) -> set[str] | None:
    """Return the versions that `If-Match` names, as they stand in `views.etag`'s tags."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    return {".".join(tag.strip('"').split(".")[:2]) for tag in tags(given)}


def _answer(switch: Switch) -> Response:
    body: dict[str, Any] = {
        "capability": switch.capability,
        "model": switch.model,
        "previous": switch.previous,
        "defaults": switch.registry.defaults,
    }
    if told := warning(switch):
        body["warning"] = told
    return Response(body, headers=API_HEADERS)
