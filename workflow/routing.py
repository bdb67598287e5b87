"""The plain ASGI routes of this app; `aimodels.dispatch` calls them."""

from __future__ import annotations

from core.http.exchange import post
from workflow import api
from workflow.page import ask, edit, kept, prepared, run, saved

ROUTES = {
    "/v1/ir/build": post(api.build),
    "/v1/sql": post(api.sql),
    "/workflow/ask": post(ask.ask),
    "/workflow/example": post(prepared.show_example),
    "/workflow/restore": post(kept.restore),
    "/workflow/edit": post(edit.edit),
    "/workflow/schema": post(ask.schema),
    "/workflow/keep": post(saved.keep),
    "/workflow/forget": post(saved.forget),
    "/workflow/delete": post(saved.delete),
    "/workflow/run": post(run.run_query),
}
