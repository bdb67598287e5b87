"""The plain ASGI routes of all apps, and what else has an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import routing as accounts
from chat import routing as chat
from doors import azure
from doors import routing as doors
from doors.mcp import routing as mcp
from ledger import routing as ledger
from ledger.receipts import urls as receipts
from registry.api.urls import urlpatterns
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
DJANGO = [
    f"/{route.pattern}"
    for route in [*urlpatterns, *receipts.urlpatterns]
    if "<" not in str(route.pattern)
]
# The routes that metrics count by name. All other paths, which callers can make up, are "other".
COUNTED = {*ROUTES, *azure.ROUTES, *DJANGO}
SERVED = [path for path in (*ROUTES, *DJANGO, *azure.ROUTES) if path.startswith(API)]
