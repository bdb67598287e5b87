"""The REST routes that read and write records: models, their status, and the primary."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from core.access import may_use
from core.errors import PortalError
from core.http.drf import principal_of
from core.http.envelope import API_HEADERS
from core.text import quote
from registry.api.serializers import (
    ModelsSerializer,
    OpenAIModelSerializer,
    OpenAIModelsSerializer,
    StatusSerializer,
)
from registry.api.status import status
from registry.entities import Model
from registry.health.monitor import monitor
from registry.listing import get_models
from registry.snapshot import Registry
from registry.state.service import service

CAPABILITY = OpenApiParameter("capability", str, description="Only models that can do this.")
REFRESH = OpenApiParameter(
    "refresh", bool, description="Ask the providers first, unless they were just asked. Operators."
)


class RegistryViewSet(ViewSet):
    """Takes one snapshot per request: a reload half-way cannot mix two versions."""

    http_method_names = ["get", "head", "post"]
    registry: Registry

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # DRF takes a body without Content-Length (chunked) for none.
        if request.method == "POST":
            request.META.setdefault("CONTENT_LENGTH", str(len(request.body)))
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.registry = service.current

    def finalize_response(self, request: Request, response: Any, *args: Any, **kw: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kw)
        if registry := getattr(self, "registry", None):  # absent where `initial` refused
            response.headers["X-Revision"] = registry.revision
        return response


class ModelViewSet(RegistryViewSet):
    """The models that this organisation uses."""

    @extend_schema(operation_id="list_models", parameters=[CAPABILITY], responses=ModelsSerializer)
    def list(self, request: Request) -> HttpResponse:
        """List the models, and which of them answer when a caller names none."""
        tag = etag(self.registry, request)
        headers = {
            **API_HEADERS,
            "ETag": tag,
            "Cache-Control": "private, no-cache",
            "Vary": "Authorization, Cookie",
        }
        if tag in tags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        return Response(self._models(request), headers=headers)

    @extend_schema(
        operation_id="models_status", parameters=[CAPABILITY, REFRESH], responses=StatusSerializer
    )
    def status(self, request: Request) -> Response:
        """List the models with the health of their providers, as last seen."""
        principal = principal_of(request)
        operator = principal.operator
        if _wanted(request):
            if not operator:
                raise PortalError("permission_denied", "Only operators may refresh.")
            monitor.refresh(self.registry.providers.values(), wait=True)
        told = status(self.registry, principal.groups, operator=operator)
        found = {**self._models(request), **told}
        return Response(found, headers=API_HEADERS)

    def _models(self, request: Request) -> dict[str, Any]:
        capability = request.query_params.get("capability", "")
        return get_models(self.registry, capability, principal_of(request).groups)


def _wanted(request: Request) -> bool:
    """Does the query ask for a refresh? Raises PortalError for what is neither yes nor no."""
    given = request.query_params.get("refresh", "false")
    if given not in ("true", "false"):
        raise PortalError("invalid_request", "`refresh` is true or false.", param="refresh")
    return given == "true"


def etag(registry: Registry, request: Request) -> str:
    """Return the tag of a list: the registry's version, and what else the list depends on."""
    groups = principal_of(request).groups
    seen = None if groups is None else sorted(groups)
    shown = repr((request.query_params.get("capability", ""), seen))
    return f'"{registry.version}.{hashlib.sha256(shown.encode()).hexdigest()[:8]}"'


def tags(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


class OpenAIModelViewSet(RegistryViewSet):
    """The same models as OpenAI's API shows them."""

    @extend_schema(operation_id="openai_list_models", responses=OpenAIModelsSerializer)
    def list(self, request: Request) -> Response:
        """List the models in OpenAI's form."""
        models = [
            self._describe(model)
            for model in self.registry.models.values()
            if may_use(model.allow, principal_of(request).groups)
        ]
        return Response({"object": "list", "data": models}, headers=API_HEADERS)

    @extend_schema(operation_id="openai_retrieve_model", responses=OpenAIModelSerializer)
    def retrieve(self, request: Request, model: str) -> Response:
        """Show one model in OpenAI's form. Its ID may hold slashes and colons."""
        found = self.registry.find(model)
        if found is None or not may_use(found.allow, principal_of(request).groups):
            raise PortalError(
                "model_not_found", f"{quote(model, 80)} is not listed.", param="model"
            )
        return Response(self._describe(found), headers=API_HEADERS)

    def _describe(self, model: Model) -> dict[str, Any]:
        return {
            "id": model.id,
            "object": "model",
            "created": service.loaded_at,
            "owned_by": model.provider,
        }
