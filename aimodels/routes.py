"""The plain ASGI routes of all apps, and what else has an address."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from accounts import routing as accounts
from chat import routing as chat
from doors import azure
from doors import routing as doors
from doors.mcp import routing as mcp
from ledger import routing as ledger
from workflow import routing as workflow

if TYPE_CHECKING:
    from core.http.exchange import Application

API = ("/v1/", "/v2/rerank", "/mcp", "/api/", "/openai/")  # what paths of the API begin with
ROUTES: dict[str, Application] = {
    **chat.ROUTES,
    **doors.ROUTES,
    **workflow.ROUTES,
    **accounts.ROUTES,
    **ledger.ROUTES,
}
# The routes that need no database, once it is known who is calling.
ASK_MODELS = {*chat.ROUTES, *doors.ROUTES, *azure.ROUTES} - {*mcp.ROUTES}
PLAIN = {*ROUTES, *azure.ROUTES}


@cache
def django_paths() -> frozenset[str]:
    """Return the paths of the API that Django serves. The first call imports their views."""
    from ledger.receipts import urls as receipts
    from registry.api import urls as api

    routes = (str(route.pattern) for route in [*api.urlpatterns, *receipts.urlpatterns])
    return frozenset(f"/{route}" for route in routes if "<" not in route)


def served() -> list[str]:
    """Return all paths of the API."""
    return [path for path in (*ROUTES, *django_paths(), *azure.ROUTES) if path.startswith(API)]


def counted(path: str) -> str:
    """Return the name under which metrics count a path: "other" for those that callers make up."""
    return path if path in PLAIN or path in django_paths() else "other"
