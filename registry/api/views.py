"""The REST routes that list models and their status."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
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
from registry.api.serializers import (
    ModelsSerializer,
    OpenAIModelSerializer,
    OpenAIModelsSerializer,
    StatusSerializer,
)
from registry.api.status import status
from registry.entities import Model
from registry.health.monitor import monitor
from registry.listing import get_models, not_listed, visible
from registry.snapshot import Registry
from registry.state.service import service

MODEL = OpenApiParameter("model", str, OpenApiParameter.PATH, description="The ID of a model.")
CAPABILITY = OpenApiParameter("capability", str, description="Only models with this capability.")
REFRESH = OpenApiParameter(
    "refresh",
    bool,
    description="For operators: probe the providers first, unless they were just probed.",
)


class RegistryViewSet(ViewSet):
    """Reads the registry once per request, so that a reload cannot mix two versions."""

    http_method_names = ["get", "head", "post"]
    registry: Registry

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # DRF ignores a body without Content-Length (chunked).
        if request.method == "POST":
            request.META.setdefault("CONTENT_LENGTH", str(len(request.body)))
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.registry = service.seen_with(principal_of(request).access)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kw: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kw)
        if registry := getattr(self, "registry", None):  # absent if `initial` raised an error
            response.headers["X-Revision"] = registry.revision
        return response


class ModelViewSet(RegistryViewSet):
    """The models that this organisation uses."""

    @extend_schema(operation_id="list_models", parameters=[CAPABILITY], responses=ModelsSerializer)
    def list(self, request: Request) -> HttpResponse:
        """List the models and the defaults."""
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
        """List the models with the last known health of their providers."""
        principal = principal_of(request)
        operator = principal.operator
        if _asks_refresh(request):
            if not operator:
                raise PortalError("permission_denied", "Only operators may refresh.")
            monitor.refresh(self.registry.providers.values(), wait=True)
        state = status(self.registry, principal.groups, operator=operator)
        return Response({**self._models(request), **state}, headers=API_HEADERS)

    def _models(self, request: Request) -> dict[str, Any]:
        capability = request.query_params.get("capability", "")
        return get_models(self.registry, capability, principal_of(request).groups)


def _asks_refresh(request: Request) -> bool:
    """Does the query ask for a refresh? Raises PortalError unless the value is a boolean."""
    value = request.query_params.get("refresh", "false")
    if value not in ("true", "false"):
        raise PortalError("invalid_request", "`refresh` must be true or false.", param="refresh")
    return value == "true"


def etag(registry: Registry, request: Request) -> str:
    """Return the ETag of a list: the registry's version, and a hash of query, groups and models."""
    access = principal_of(request).access
    names = [words and sorted(words) for words in (access.groups, access.models)]
    variant = repr((request.query_params.get("capability", ""), names))
    return f'"{registry.version}.{hashlib.sha256(variant.encode()).hexdigest()[:8]}"'


def tags(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


class OpenAIModelViewSet(RegistryViewSet):
    """The models in the formats of OpenAI's API and of Anthropic's, with the fields of both.

    `created` and `created_at` are the time when models.yaml was read. All models are on one page.
    """

    @extend_schema(
        operation_id="openai_list_models",
        parameters=[CAPABILITY],
        responses=OpenAIModelsSerializer,
    )
    def list(self, request: Request) -> Response:
        """List the models in OpenAI's and Anthropic's formats."""
        capability = request.query_params.get("capability", "")
        if capability:
            self.registry.check_capability(capability)
        elif self.registry.models_list == "chat":
            capability = "chat"
        models = [
            self._describe(model)
            for model in visible(self.registry, principal_of(request).groups)
            if not capability or model.serves(capability)
        ]
        ids = [model["id"] for model in models] or [None]
        page = {"has_more": False, "first_id": ids[0], "last_id": ids[-1]}
        return Response({"object": "list", "data": models, **page}, headers=API_HEADERS)

    @extend_schema(
        operation_id="openai_retrieve_model", parameters=[MODEL], responses=OpenAIModelSerializer
    )
    def retrieve(self, request: Request, model: str) -> Response:
        """Show one model in both formats. Its ID may contain slashes and colons."""
        listed = self.registry.find(model)
        if listed is None or not may_use(listed.allow, principal_of(request).groups):
            raise not_listed(model, visible(self.registry, principal_of(request).groups))
        return Response(self._describe(listed), headers=API_HEADERS)

    def _describe(self, model: Model) -> dict[str, Any]:
        return {
            "id": model.id,
            "object": "model",
            "type": "model",
            "created": service.loaded_at,
            "created_at": datetime.fromtimestamp(service.loaded_at, UTC).isoformat(),
            "display_name": model.title,
            "owned_by": model.provider,
            "name": model.title,
            "capabilities": list(model.capabilities),
            "context_length": model.ref.context_window,
            "deprecated": model.ref.deprecated,
            "ends": model.ref.ends,
        }
