"""What tokens may do: `chat`, `sql`, `embeddings`, `operate`. `use` is the first three."""

from __future__ import annotations

from functools import lru_cache

from core.errors import PortalError

USE = ("chat", "sql", "embeddings")
SCOPES = (*USE, "operate")
_SQL = ("/v1/sql", "/v1/ir/", "/workflow/")
_EMBEDDINGS = ("/embeddings", "/api/embed", "/rerank")
_ANY = ("/mcp", "/api/tags", "/api/show", "/api/ps", "/api/version", "/ws/events/",
        "/v1/ai/receipts")  # fmt: skip


@lru_cache(maxsize=256)
def needed(path: str) -> str:
    """Return the scope that a path needs, or an empty text if any scope will do.

    What is not known to be something else needs `chat`. Lists show only what one may use.
    """
    path = path.rstrip("/") or path
    if path.startswith(_SQL):
        return "sql"
    if path.startswith("/account/"):
        return "use"  # all that a person has stored
    if path.endswith(_EMBEDDINGS):
        return "embeddings"
    return "" if f"{path}/".startswith(tuple(f"{begin.rstrip('/')}/" for begin in _ANY)) else "chat"


def allows(scopes: frozenset[str], scope: str) -> bool:
    """May a token with `scopes` do what `scope` names? An empty text and `any` need none."""
    return scope in ("", "any") or scope in scopes or ("use" in scopes and scope in USE)


def check_scope(scopes: frozenset[str], path: str) -> None:
    """Raise PortalError `permission_denied` if a token with `scopes` may not ask at `path`."""
    if not allows(scopes, scope := needed(path)):
        message = (
            f"This needs a token with the scope {scope}. This one has: {', '.join(sorted(scopes))}."
        )
        raise PortalError("permission_denied", message)
