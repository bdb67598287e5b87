"""The plain ASGI routes of this app; `aimodels.dispatch` calls them."""

from __future__ import annotations

from core.http.exchange import download
from ledger.everyone.finance import finance
from ledger.usage.sending import usage

ROUTES = {"/usage.csv": download(usage), "/usage/focus.csv": download(finance)}
