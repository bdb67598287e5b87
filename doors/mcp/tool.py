"""
What a tool is: a name, arguments that describe themselves, and a function. It knows no protocol.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from core.auth.scopes import allows
from core.errors import PortalError
from core.http.body import check_types

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from core.http.call import Call

Report = Callable[[str], Awaitable[None]]
Document = dict[str, Any]
Word = Annotated[str, msgspec.Meta(max_length=300)]  # a name in arguments
Run = Callable[[Any, "Caller"], Awaitable[Document]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a tool. `report` sends the name of the step that begins."""

    principal: Principal
    call: Call
    report: Report


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool for tokens with `scope`. The docstring of its function says what it does.

    `asks` tools ask a model, which takes time and money.
    """

    title: str
    scope: str
    arguments: type[msgspec.Struct]
    run: Run
    asks: bool = False

    @property
    def description(self) -> str:
        return " ".join((self.run.__doc__ or "").split())

    @property
    def input_schema(self) -> Document:
        """The arguments as JSON Schema: they are flat, so nothing refers to a definition."""
        _, definitions = msgspec.json.schema_components([self.arguments])
        return dict(definitions[self.arguments.__name__])

    async def __call__(self, arguments: Document, caller: Caller) -> Document:
        """Return the tool's answer. Raises PortalError.

        A `null` asks for nothing: some models write it for arguments that they leave out.
        """
        check_scope(self.scope, caller.principal)
        given = {name: value for name, value in arguments.items() if value is not None}
        return await self.run(check_types(given, self.arguments), caller)


def check_scope(scope: str, principal: Principal) -> None:
    """Raise PortalError `permission_denied` if the caller's token lacks `scope`."""
    if not allows(principal.scopes, scope):
        message = (
            f"This needs a token with the scope {scope}. Create one on the page /tokens, or with "
            f"`manage.py create_token {principal.name} --only {scope}`."
        )
        raise PortalError("permission_denied", message)
