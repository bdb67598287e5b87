"""The plain ASGI routes of this app; `aimodels.asgi` dispatches to them."""

from __future__ import annotations

from registry.exchange import post
from workflow import api, live, running

ROUTES = {
    "/v1/ir/build": post(api.build),
    "/v1/sql": post(api.sql),
    "/workflow/ask": post(live.ask),
    "/workflow/edit": post(live.edit),
    "/workflow/schema": post(live.schema),
    "/workflow/run": post(running.run_query),
}
