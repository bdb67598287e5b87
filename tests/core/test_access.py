"""Which routes answer whom: asked of a running portal, and compared with `docs/access.md`."""

from __future__ import annotations

import os

import requests

from aimodels.routes import DJANGO, ROUTES
from tests.support.paths import ROOT
from tests.support.portal import Portal

PAGE = ROOT / "docs/access.md"
BEGIN = "| route |"
COLUMNS = ("anonymous", "chat", "sql", "embeddings", "use", "operate", "user", "operator")


def test_the_table_of_the_page_is_what_the_portal_does(portal: Portal) -> None:
    text = PAGE.read_text()
    fresh = table(portal)
    if os.environ.get("WRITE_ACCESS"):
        text = text[: text.index(BEGIN)] + fresh
        PAGE.write_text(text)
    assert text[text.index(BEGIN) :] == fresh, "WRITE_ACCESS=1 pytest tests/core/test_access.py"


def table(portal: Portal) -> str:
    """Return the table: a row for each route, with what it answers to each column."""
    callers = {name: _caller(portal, name) for name in COLUMNS}
    lines = [f"| route | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for path in sorted({*ROUTES, *DJANGO}):
        url = portal.url + path
        method = "POST" if path in ROUTES else _method(callers["operator"], url)
        cells = [_word(callers[name].request(method, url, json={}, timeout=10)) for name in COLUMNS]
        lines.append(f"| `{method} {path}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _caller(portal: Portal, name: str) -> requests.Session:
    if name in ("user", "operator"):
        return portal.sign_in("ann" if name == "user" else "olga")
    caller = requests.Session()
    if name in ("use", "operate"):
        token = portal.tokens["ann" if name == "use" else "olga"]
    else:
        token = (
            portal.manage("create_token", "ann", "--only", name).stdout.split()[-1]
            if (name != "anonymous")
            else ""
        )
    if token:
        caller.headers["Authorization"] = f"Bearer {token}"
    return caller


def _method(caller: requests.Session, url: str) -> str:
    return "POST" if caller.get(url, timeout=10).status_code == 405 else "GET"


def _word(answer: requests.Response) -> str:
    return {401: "401", 403: "403"}.get(answer.status_code, "yes")
