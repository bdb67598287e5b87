"""Which routes answer whom: asked of a running portal, and compared with `docs/access.md`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from websockets.exceptions import InvalidStatus

from aimodels.dispatch import SOCKETS
from aimodels.routes import ROUTES, django_paths
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

PAGE = ROOT / "docs/access.md"
BEGIN = "| route |"
TOKENS = ("chat", "sql", "embeddings", "use", "operate")
PEOPLE = {"user": "ann", "staff": "stan", "operator": "olga", "superuser": "sue"}
COLUMNS = ("anonymous", *TOKENS, *PEOPLE)
MAKE = """
from django.contrib.auth.models import User
User.objects.get_or_create(username="stan", defaults={"is_staff": True})
User.objects.get_or_create(username="sue", defaults={"is_staff": True, "is_superuser": True})
"""
# Parts of pages, and what ends the session of who asks.
NO_PAGES = ("/admin/jsi18n/", "/admin/autocomplete/", "/admin/logout/", "/sign-out")


@pytest.mark.parametrize("portal", ["uvicorn"], indirect=True)  # the routes are the same on both
@pytest.mark.timeout(400)  # hundreds of calls, by each kind of caller
def test_the_table_of_the_page_is_what_the_portal_does(portal: Portal) -> None:
    portal.manage("shell", "-v0", "-c", MAKE)
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
    for path in sorted({*ROUTES, *django_paths()}):
        url = portal.url + path
        method = "POST" if path in ROUTES else _method(callers["operator"], url)
        lines.append(_row(f"{method} {path}", [_ask(callers[n], method, url) for n in COLUMNS]))
    for path in pages():
        url = portal.url + path
        method = _method(callers["superuser"], url)
        cells = [_ask_page(callers[name], method, url) for name in COLUMNS]
        lines.append(_row(f"{method} {path}", cells))
    for path in sorted(SOCKETS):
        lines.append(_row(f"WebSocket {path}", [_open(portal, callers[n], path) for n in COLUMNS]))
    return "\n".join(lines) + "\n"


def pages() -> list[str]:
    """Return the addresses of pages, the admin's too, without parameters."""
    paths = {f"/{path}" for path in _paths(get_resolver().url_patterns, "") if "<" not in path}
    return sorted(
        path
        for path in paths
        if path not in {*ROUTES, *django_paths(), *NO_PAGES} and not path.startswith("/v1/")
    )


def _paths(patterns: Any, begin: str) -> Iterator[str]:
    for pattern in patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        path = begin + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, path)
        else:
            yield path


def _row(route: str, cells: list[str]) -> str:
    return f"| `{route}` | {' | '.join(cells)} |"


def _caller(portal: Portal, name: str) -> requests.Session:
    if name in PEOPLE:
        return portal.sign_in(PEOPLE[name])
    caller = requests.Session()
    if name in ("use", "operate"):
        token = portal.tokens["ann" if name == "use" else "olga"]
    elif name in TOKENS:
        token = portal.manage("create_token", "ann", "--only", name).stdout.split()[-1]
    else:
        return caller
    caller.headers["Authorization"] = f"Bearer {token}"
    return caller


def _method(caller: requests.Session, url: str) -> str:
    answer = caller.get(url, allow_redirects=False, timeout=10)
    return "POST" if answer.status_code == 405 else "GET"


def _ask(caller: requests.Session, method: str, url: str) -> str:
    body: dict[str, Any] | None = {} if method == "POST" else None
    answer = caller.request(method, url, json=body, allow_redirects=False, timeout=10)
    return _said(answer)


def _said(answer: requests.Response) -> str:
    place = answer.headers.get("Location", "")
    if "/sign-in?" in place or "/admin/login/?" in place:
        return "sign in"
    return {401: "401", 403: "403"}.get(answer.status_code, "yes")


def _ask_page(caller: requests.Session, method: str, url: str) -> str:
    """Ask as a browser does. Pages are not there for programs."""
    proof = {"X-CSRFToken": caller.cookies.get("csrftoken") or ""}
    answer = caller.request(method, url, headers=proof, allow_redirects=False, timeout=10)
    if answer.status_code == 404:
        return "404"
    return _said(answer)


def _open(portal: Portal, caller: requests.Session, path: str) -> str:
    headers = {}
    if "Authorization" in caller.headers:
        headers["Authorization"] = str(caller.headers["Authorization"])
    elif key := caller.cookies.get("sessionid"):
        headers = {"Cookie": f"sessionid={key}", "Origin": portal.url}
    try:
        SocketClient(portal, path, who=None, headers=headers).close()
    except InvalidStatus as error:
        return str(error.response.status_code)
    return "yes"
