"""The plain ASGI routes of this app; `aimodels.dispatch` calls them."""

from __future__ import annotations

from accounts.own.export import export
from core.http.exchange import download

ROUTES = {"/account/data.zip": download(export)}
