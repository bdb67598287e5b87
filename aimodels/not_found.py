"""
Paths that lead nowhere: which address was probably meant, and in which form that is said.

A program that was given the portal's address without `/v1` must not get a page: its user would see
HTML in an error message, and no hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimodels.routes import API, served
from core.auth.credentials import KEYS
from core.errors import PortalError
from core.http.envelope import OPENAI_FORM
from core.text import listing, nearest
from doors.routing import form_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.http.envelope import Form

OUTSIDE_API = ("/healthz", "/readyz", "/metrics", "/static/", "/docs")  # also for tokens
NO_OAUTH = "There is no OAuth: send a token of the portal, as Authorization: Bearer <token>."
REMEDIES = {
    "/v1/responses/": "The portal keeps no responses: POST the conversation to /v1/responses.",
    "/v1/messages/batches": "There are no batches: POST each message to /v1/messages.",
    "/v1/batches": "There are no batches: POST each request to its own address.",
    "/v1/files": "The portal keeps no files: send their content inside of the request.",
    "/api/blobs/": "Callers do not create models. Operators list them, in models.yaml.",
    "/mcp/": "The transport is streamable HTTP: POST to /mcp.",
    # Clients of the Model Context Protocol look for OAuth after a 401, and show what they find.
    "/.well-known/o": NO_OAUTH,
    "/register": NO_OAUTH,
    "/sse": "For the Model Context Protocol, the transport is streamable HTTP: POST to /mcp.",
}


def wrong_address(headers: Mapping[bytes, bytes], path: str) -> PortalError | None:
    """Return the error for a request with a token outside of the API, or None."""
    bearer = headers.get(b"authorization", b"")[:7].lower() == b"bearer "
    has_token = bearer or any(name in headers for name in KEYS)
    if not has_token or path.startswith((*API, *OUTSIDE_API)):
        return None
    return no_such_address(path)


def no_such_address(path: str) -> PortalError:
    """Return the error for a path that nothing serves. It names what is served."""
    return PortalError("not_found", f"There is no such address. {_remedy(path)}")


def form_for(path: str) -> Form:
    """Return the form of errors at `path`: that of its API, or else of the path that is meant."""
    form = form_of(path)
    return form if form is not OPENAI_FORM else form_of(meant(path))


def _remedy(path: str) -> str:
    for begin, remedy in REMEDIES.items():
        if path.startswith(begin):
            return remedy
    near = meant(path)
    question = f"Did you mean {near}?" if near else ""
    if path.startswith(API):
        return question or f"Served are {listing(_neighbours(path), limit=40)}."
    return f"{question} The API begins with /v1, as in /v1/chat/completions.".lstrip()


def _neighbours(path: str) -> list[str]:
    """Return the served paths that begin as `path` does."""
    return [known for known in served() if _split(known)[0] == _split(path)[0]]


def meant(path: str) -> str:
    """Return the served path that `path` probably means, or an empty string.

    First those that begin in the same way, then the others: programs put the right end behind a
    wrong beginning, as in /v1/v1/models, /v1/engines/x/completions and /api/v1/chat/completions.
    """
    end = _split(path)[1]
    own = {_split(known)[1]: known for known in _neighbours(path)}
    others = {_split(known)[1]: known for known in served()}
    longer = (known for known in own.values() if known.startswith(f"{path}/"))
    return (
        _same_end(path, own)
        or (next(longer, "") if "/" in path[1:] else "")
        or own.get(nearest(end, own) or "", "")
        or _same_end(path, others)
    )


def _same_end(path: str, ends: Mapping[str, str]) -> str:
    """Return the path in `ends` whose end `path` has too: the longest."""
    found = [end for end in ends if path.endswith(f"/{end}")]
    return ends[max(found, key=len)] if found else ""


def _split(path: str) -> tuple[str, str]:
    """Return the first part of a path, and the rest; of a path in one part, that twice."""
    first, _, rest = path[1:].partition("/")
    return first, rest or first
