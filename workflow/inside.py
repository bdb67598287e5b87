"""The access of a request about a subject, which may stay in the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.gateway.marking import marked_aside
from registry.state.service import service

if TYPE_CHECKING:
    from core.access import Access
    from workflow.subject import SchemaSubject


async def access_for(access: Access, subject: SchemaSubject, content: list[Any]) -> Access:
    """Return what a request with this content may use.

    A model reads the schema, too, wherever that is from.
    """
    access = access.limited(local_only=subject.local_only)
    return await marked_aside(service.current, access, [*content, subject.schema])
