"""The plain ASGI routes of this app; `aimodels.asgi` dispatches to them."""

from __future__ import annotations

from registry.exchange import post
from workflow import api, editing, keeping, live, running

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
