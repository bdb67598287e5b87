"""The schema that a request is about: given as text or tables, or a data source's own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from queryexpr.dialects.all import DEFAULT, NAMES, TITLES, find_name
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources
from workflow.sources.schema import schema_of

if TYPE_CHECKING:
    from core.auth import Principal
    from registry.entities import Resolution

NEEDED = (
    'Give a schema: CREATE TABLE statements, {"tables": […]}, or {"source": "name"} for a data '
    "source."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a schema as the gate takes it, and its dialect."""

    schema: Any
    dialect: str
    source: str = ""
    local_only: bool = False

    @property
    def title(self) -> str:
        """The dialect's name, for people and models."""
        return TITLES[self.dialect]

    def may_tell(self, resolution: Resolution) -> None:
        """Raise PortalError if a model may not see this schema."""
        provider = resolution.provider
        if self.local_only and not provider.local:
            error = PortalError(
                "permission_denied",
                f"The schema of {self.source} stays in the house, and {provider.name} is not "
                "marked `local: true` in models.yaml. Choose a local model.",
                param="model",
            )
            error.resolution = resolution.as_dict()
            raise error


async def read_subject(given: Any, dialect: str | None, principal: Principal) -> Subject:
    """Return what a request is about, once its schema was read.

    Raises PortalError `invalid_request` with `param` schema or dialect, `not_found` for a source
    that the caller may not see.
    """
    named = read_dialect(dialect) if dialect else ""
    if not given:
        raise PortalError("invalid_request", NEEDED, param="schema")
    if isinstance(given, dict) and "source" in given:
        return await _of_source(given, named, principal)
    subject = Subject(given, named or DEFAULT.name)
    await check_schema(subject)
    return subject


def read_dialect(text: str) -> str:
    """Return the name of a dialect. Raises PortalError `invalid_request`."""
    name = find_name(text)
    if name is None:
        known = ", ".join(NAMES)
        message = f"{text[:40]!r} is not a dialect. Choose one of {known}."
        raise PortalError("invalid_request", message, param="dialect")
    return name


async def check_schema(subject: Subject) -> dict[str, Any]:
    """Return the tables of a schema and its issues. Raises PortalError `invalid_request`."""
    arguments = {"schema": subject.schema, "dialect": subject.dialect}
    found = await sandbox.run("schema", arguments)
    if refused := found.get("refused"):
        place = f" (line {refused[0]['line']})" if "line" in refused[0] else ""
        raise PortalError("invalid_request", f"{refused[0]['message']}{place}", param="schema")
    return found


async def _of_source(given: dict[str, Any], dialect: str, principal: Principal) -> Subject:
    if given.keys() != {"source"} or not isinstance(given["source"], str):
        raise PortalError("invalid_request", NEEDED, param="schema")
    source = sources().get(given["source"], principal.groups)
    schema = await asyncio.to_thread(schema_of, source)
    return Subject(schema, dialect or source.dialect, source.name, source.local_only)
