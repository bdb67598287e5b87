"""
What people keep with the portal, changed without leaving the page: HTML in JSON.

    POST /workflow/keep    a schema under a name → `{"html", "value"}`, the choices anew
    POST /workflow/forget  a schema → `{"html"}`, the choices anew
    POST /workflow/delete  something asked before → `{"html"}`, the list anew
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from core.errors import PortalError
from core.http.body import check_types
from workflow.models import NAME_LENGTH, SavedSchema
from workflow.page import fragments as parts
from workflow.subject import Subject, check_schema, read_dialect

if TYPE_CHECKING:
    from core.http.exchange import Exchange

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH)]
DDL = Annotated[str, msgspec.Meta(max_length=512 * 1024)]


class Keep(msgspec.Struct, forbid_unknown_fields=True):
    """A schema to be kept. `replace`: one of the same name may go."""

    name: Name
    dialect: str
    text: DDL
    replace: bool = False


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """One of the caller's own things. `opened` is the inquiry that the page shows."""

    id: int
    opened: int | None = None


async def keep(exchange: Exchange) -> None:
    """Keep CREATE TABLE statements. Raises `precondition_failed` if the name is taken."""
    body = check_types(await exchange.json(), Keep)
    dialect, user = read_dialect(body.dialect), exchange.principal.user
    await check_schema(Subject(body.text, dialect))  # which wants a table
    mine = SavedSchema.objects.filter(user=user, name=body.name)
    if not body.replace and await mine.aexists():
        message = f"You keep a schema named {body.name} already."
        raise PortalError("precondition_failed", message, param="name")
    kept, _ = await SavedSchema.objects.aupdate_or_create(
        user=user, name=body.name, defaults={"dialect": dialect, "text": body.text}
    )
    html = await parts.schemas_html(exchange.principal)
    await exchange.answer({"html": html, "value": f"saved:{kept.pk}"})


async def forget(exchange: Exchange) -> None:
    """Forget a schema. One that is gone already is no mistake."""
    body = check_types(await exchange.json(), Chosen)
    await SavedSchema.objects.filter(user=exchange.principal.user, pk=body.id).adelete()
    await exchange.answer({"html": await parts.schemas_html(exchange.principal)})


async def delete(exchange: Exchange) -> None:
    """Forget an inquiry. One that is gone already is no mistake."""
    body = check_types(await exchange.json(), Chosen)
    await parts.own(exchange.principal.user).filter(pk=body.id).adelete()
    await exchange.answer({"html": await parts.list_html(exchange.principal, body.opened)})
