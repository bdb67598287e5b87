"""The REST routes that read and write records: models, their status, and the primary."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from registry import auth, metrics
from registry.entities import Model, may_use
from registry.errors import ConfigError, PortalError
from registry.health import monitor
from registry.http import API_HEADERS
from registry.ids import quote
from registry.models import Change
from registry.rest import IsOperator, principal_of
from registry.serializers import (
    ModelsSerializer,
    OpenAIModelSerializer,
    OpenAIModelsSerializer,
    SetPrimarySerializer,
    StatusSerializer,
    SwitchSerializer,
)
from registry.service import get_models, service
from registry.snapshot import Registry
from registry.work import work

CAPABILITY = OpenApiParameter("capability", str, description="Only models that can do this.")


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


class ModelViewSet(RegistryViewSet):
    """The models that this organisation uses."""

    def get_permissions(self) -> list[BasePermission]:
        return (
            [IsAuthenticated(), IsOperator()] if self.action == "primary" else [IsAuthenticated()]
        )

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
        if tag in _tags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        return Response(self._models(request), headers=headers)

    @extend_schema(
        operation_id="models_status", parameters=[CAPABILITY], responses=StatusSerializer
    )
    def status(self, request: Request) -> Response:
        """List the models with the health of their providers, as last seen."""
        operator = principal_of(request).operator
        health = {
            name: found.as_dict(operator=operator)
            for name, found in monitor.of(self.registry).items()
        }
        rejected = service.rejected
        found = {
            **self._models(request),
            "health": health,
            "revision": self.registry.revision,
            "rejected_edit": rejected and rejected.as_dict(operator=operator),
        }
        return Response(found, headers=API_HEADERS)

    @extend_schema(
        operation_id="set_primary", request=SetPrimarySerializer, responses=SwitchSerializer
    )
    def primary(self, request: Request) -> Response:
        """Choose the model that answers when a caller names none. Lost at a restart."""
        wanted = SetPrimarySerializer(data=request.data).checked()
        expected = request.headers.get("If-Match")
        versions = None if expected is None else {version_in(tag) for tag in _tags(expected)}
        switch = service.set_primary(
            wanted["capability"],
            wanted["model"],
            by=principal_of(request).name,
            expected=versions,
            record=lambda switch: Change.record(request, switch, wanted.get("reason", "")),
        )
        found = {
            "capability": switch.capability,
            "model": switch.model,
            "previous": switch.previous,
            "defaults": switch.registry.defaults,
        }
        return Response(found, headers=API_HEADERS)

    def _models(self, request: Request) -> dict[str, Any]:
        capability = request.query_params.get("capability", "")
        return get_models(self.registry, capability, principal_of(request).groups)


def etag(registry: Registry, request: Request) -> str:
    """Return the tag of a list: the registry's version, and what else the list depends on."""
    groups = principal_of(request).groups
    seen = None if groups is None else sorted(groups)
    shown = repr((request.query_params.get("capability", ""), seen))
    return f'"{registry.version}.{hashlib.sha256(shown.encode()).hexdigest()[:8]}"'


def version_in(tag: str) -> str:
    """Return the registry's version in a tag of `etag`'s."""
    return ".".join(tag.strip('"').split(".")[:2])


def _tags(header: str) -> set[str]:
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


class MetricsView(APIView):
    """Prometheus's page, for operators."""

    permission_classes = [IsAuthenticated, IsOperator]
    http_method_names = ["get", "head"]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(
            generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST, headers=API_HEADERS
        )


class HealthView(APIView):
    """The process runs."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    http_method_names = ["get", "head"]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> JsonResponse:
        return JsonResponse({"status": "ok"}, headers=API_HEADERS)


class ReadyView(HealthView):
    """The process has a registry, does not stop, and can serve."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> JsonResponse:
        ready = not work.stopping and is_loaded() and database_answers()
        body: dict[str, Any] = {"status": "ready" if ready else "unavailable"}
        if service.rejected and is_operator(request):
            body["rejected_edit"] = service.rejected.as_dict(operator=True)
        return JsonResponse(body, status=200 if ready else 503, headers=API_HEADERS)


def is_operator(request: Request) -> bool:
    """Does an operator ask, on a route that is open to all?"""
    given = request.META.get("HTTP_AUTHORIZATION"), request.META.get("HTTP_COOKIE", "")
    try:
        return auth.look_up(auth.credentials(*given)).operator
    except (PortalError, DatabaseError):
        return False


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        return True
    except DatabaseError:
        return False


def is_loaded() -> bool:
    try:
        return service.current is not None
    except ConfigError:
        return False
