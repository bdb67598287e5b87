"""The plain ASGI routes of this app; `aimodels.dispatch` calls them."""

from __future__ import annotations

from core.http.exchange import post
from core.http.language import post_for_readers
from workflow import api
from workflow.page import ask, edit, kept, own_sql, prepared, run, saved

PAGE = {
    "ask": ask.ask,
    "example": prepared.show_example,
    "restore": kept.restore,
    "edit": edit.edit,
    "schema": ask.schema,
    "keep": saved.keep,
    "forget": saved.forget,
    "delete": saved.delete,
    "run": run.run_query,
    "write": own_sql.begin,
}
ROUTES = {
    "/v1/ir/build": post(api.build),
    "/v1/sql": post(api.sql),
    **{f"/workflow/{name}": post_for_readers(handler) for name, handler in PAGE.items()},
}
