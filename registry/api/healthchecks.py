"""Health checks for load balancers, and the metrics for Prometheus."""

from __future__ import annotations

from typing import Any

from django.db import Error, close_old_connections, connection
from django.http import HttpResponse, JsonResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from core import metrics
from core.addresses import address_of
from core.auth.credentials import read_credentials
from core.auth.principals import look_up
from core.auth.uses import check_use
from core.database.threads import database_threads
from core.errors import ConfigError, PortalError
from core.http.drf import IsOperator
from core.http.envelope import API_HEADERS
from core.http.tasks import tasks
from registry.api.status import store_state
from registry.state.service import service
from registry.workers.worker import worker

READY_SECONDS = 1.5  # of waiting for the database: load balancers do not wait for long
_threads = database_threads(2, "ready-database")


class MetricsView(APIView):
    """The metrics for Prometheus; for operators."""

    permission_classes = [IsAuthenticated, IsOperator]
    http_method_names = ["get", "head"]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(metrics.latest(), content_type=CONTENT_TYPE_LATEST, headers=API_HEADERS)


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
    """The process can serve: registry and database work, and it is not stopping."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> JsonResponse:
        answers, operator = ask_database(request)
        ready = not tasks.stopping and is_loaded() and answers
        body: dict[str, Any] = {"status": "ready" if ready else "unavailable"}
        if operator:
            body |= {"worker": worker.id, "revision": _revision(), "store": store_state()}
            if service.rejected:
                body["rejected_edit"] = service.rejected.as_dict(operator=True)
        return JsonResponse(body, status=200 if ready else 503, headers=API_HEADERS)


def _revision() -> str | None:
    return service.current.revision if is_loaded() else None


def ask_database(request: Request) -> tuple[bool, bool]:
    """Return whether the database answers in time, and whether the caller is an operator."""
    headers = request.META.get("HTTP_AUTHORIZATION"), request.META.get("HTTP_COOKIE", "")
    look = _threads.submit(_look, *headers, address_of(request._request) or "")
    try:
        return look.result(READY_SECONDS)
    except TimeoutError:
        look.cancel()
        return False, False


def _look(authorization: str | None, cookie: str, address: str) -> tuple[bool, bool]:
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        principal = look_up(read_credentials(authorization, cookie))
        check_use(principal, lambda: address)
        return True, principal.operator
    except PortalError:
        return True, False
    except Error:
        return False, False
    finally:
        close_old_connections()


def is_loaded() -> bool:
    try:
        return service.current is not None
    except ConfigError:
        return False
