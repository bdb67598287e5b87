"""The plain ASGI routes of this app; `aimodels.dispatch` calls them."""

from __future__ import annotations

from core.http.exchange import post
from core.http.language import post_for_readers
from workflow import api
from workflow.confirming import api as confirming_api
from workflow.page import (
    ask,
    confirmations,
    confirming,
    kept,
    own_sql,
    prepared,
    run,
    saved,
)
from workflow.page.editing import change, edit, words
from workflow.readings import compare

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
    "confirm": confirming.confirm_query,
    "confirmations": confirmations.show,
    "confirm-again": confirmations.again,
    "withdraw": confirmations.withdraw_one,
    "readings": change.change,
    "words": words.words,
}
ROUTES = {
    "/v1/ir/build": post(api.build),
    "/v1/sql": post(api.sql),
    "/v1/sql/confirm": post(confirming_api.confirm_question),
    "/v1/sql/confirmed": post(confirming_api.list_confirmed),
    "/v1/sql/withdraw": post(confirming_api.withdraw_question),
    "/v1/sql/compare": post(compare.compare),
    **{f"/workflow/{name}": post_for_readers(handler) for name, handler in PAGE.items()},
}
