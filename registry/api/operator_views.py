"""The REST routes for operators: primaries, reload and dry run."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import ConfigError, PortalError
from core.http.drf import IsOperator, principal_of
from core.http.envelope import API_HEADERS
from registry.api.change_serializers import (
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
from registry.pages.choices import warning
from registry.pages.switching import switch_primary
from registry.state.dry_run import dry_run
from registry.state.service import service
from registry.workers.file_watcher import load_models_file
from registry.workers.worker import worker


class OperatorViewSet(RegistryViewSet):
    """Routes that need the permission `registry.operate`."""

    permission_classes = [IsAuthenticated, IsOperator]

    @extend_schema(
        operation_id="set_primary", request=SetPrimarySerializer, responses=SwitchSerializer
    )
    def primary(self, request: Request) -> Response:
        """Set the model that is used when a request names none; on all workers."""
        fields = SetPrimarySerializer(data=request.data).checked()
        return _switch(request, fields, fields["model"])

    @extend_schema(
        operation_id="reset_primary", request=ResetPrimarySerializer, responses=SwitchSerializer
    )
    def reset(self, request: Request) -> Response:
        """Use the default of models.yaml for a capability again; on all workers."""
        return _switch(request, ResetPrimarySerializer(data=request.data).checked(), None)

    @extend_schema(
        operation_id="reload_models", request=EmptySerializer, responses=ReloadedSerializer
    )
    def reload(self, request: Request) -> Response:
        """Reload models.yaml now, on all workers. An invalid file changes nothing."""
        EmptySerializer(data=request.data).checked()
        try:
            edits = load_models_file()
        except ConfigError as error:
            message = f"{error.file} was not loaded:\n{error}"
            raise PortalError("models_file_invalid", message) from None
        worker.spread_reload()
        body = {
            "revision": service.current.revision,
            "summary": summary(edits),
            "changes": [change.as_dict() for change in edits],
        }
        return Response(body, headers=API_HEADERS)

    @extend_schema(
        operation_id="dry_run", request=DryRunSerializer, responses=DryRunResultSerializer
    )
    def dry_run(self, request: Request) -> Response:
        """Return what a text would change if it replaced models.yaml. Changes nothing."""
        fields = DryRunSerializer(data=request.data).checked()
        return Response(dry_run(fields["text"]).as_dict(), headers=API_HEADERS)


def _switch(request: Request, fields: dict[str, Any], model: str | None) -> Response:
    """Set the primary to `model`, or reset it if that is None."""
    switch = switch_primary(
        request._request,
        principal_of(request).user,
        fields["capability"],
        model,
        reason=fields.get("reason", ""),
        force=fields.get("force", False),
        expected=_expected(request),
    )
    body: dict[str, Any] = {
        "capability": switch.capability,
        "model": switch.model,
        "previous": switch.previous,
        "defaults": switch.registry.defaults,
    }
    if text := warning(switch):
        body["warning"] = text
    return Response(body, headers=API_HEADERS)


def _expected(request: Request) -> set[str] | None:
    """Return the versions in `If-Match`, which has tags of `views.etag`."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    return {".".join(tag.strip('"').split(".")[:2]) for tag in tags(header)}
