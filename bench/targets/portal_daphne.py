"""This portal on Daphne, beside the server that the README recommends for production."""

from __future__ import annotations

from bench.targets import portal


class Gateway(portal.Gateway):
    name = "portal_daphne"
    server = "daphne"
    sockets = False
    extra = True
