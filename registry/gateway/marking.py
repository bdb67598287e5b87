"""The mark "stays in the house", which identifiers in a request raise if models.yaml says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.http.decoding import off_loop
from registry.identifiers import find

if TYPE_CHECKING:
    from core.access import Access
    from registry.snapshot import Registry

MAX_INLINE = 16 * 1024  # characters that are searched in the event loop


def marked(registry: Registry, access: Access, content: Any) -> Access:
    """Return the access of a request with `content`: `local_only` if it holds identifiers."""
    if not registry.identifiers or access.local_only:
        return access
    found = find(content, registry.identifiers)
    return replace(access, local_only=True, identifiers=found) if found else access


async def marked_aside(
    registry: Registry, access: Access, content: Any, size: int = MAX_INLINE + 1
) -> Access:
    """Do as `marked`, in a thread unless the `size` of `content` is small."""
    if not registry.identifiers or access.local_only:
        return access
    return await off_loop(lambda: marked(registry, access, content), size, MAX_INLINE)
