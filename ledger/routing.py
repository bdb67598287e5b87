"""The plain ASGI routes of this app; `aimodels.dispatch` calls them."""

from __future__ import annotations

from core.http.exchange import download
from ledger.everyone.finance import finance

ROUTES = {"/usage/focus.csv": download(finance)}
