"""The plain ASGI routes of this app; `aimodels.dispatch` calls to them."""

from __future__ import annotations

from core.http.exchange import post
from workflow import api
from workflow.page import ask as live
from workflow.page import edit as editing
from workflow.page import run as running
from workflow.page import saved as keeping

ROUTES = {
    "/v1/ir/build": post(api.build),
    "/v1/sql": post(api.sql),
    "/workflow/ask": post(live.ask),
    "/workflow/edit": post(editing.edit),
    "/workflow/schema": post(live.schema),
    "/workflow/keep": post(keeping.keep),
    "/workflow/forget": post(keeping.forget),
    "/workflow/delete": post(keeping.delete),
    "/workflow/run": post(running.run_query),
}
