"""
Saved schemas and inquiries, changed without leaving the page: HTML in JSON.

    POST /workflow/keep    save a schema under a name → `{"html", "value"}`, the new choices
    POST /workflow/forget  delete a schema → `{"html"}`, the new choices
    POST /workflow/delete  delete an inquiry → `{"html"}`, the new list
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext_noop

from core.database.threads import in_time
from core.errors import PortalError, Sentence
from core.http.body import check_types
from workflow import counts
from workflow.models import MAX_NAME, Inquiry, SavedSchema
from workflow.page import fragments
from workflow.subject import SchemaSubject, check_schema, read_dialect

if TYPE_CHECKING:
    from core.http.exchange import Exchange

TAKEN = gettext_noop("You have a schema named {name} already.")
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
DDL = Annotated[str, msgspec.Meta(max_length=512 * 1024)]


class Keep(msgspec.Struct, forbid_unknown_fields=True):
    """A schema to save. `replace`: one of the same name is replaced."""

    name: Name
    dialect: str
    text: DDL
    replace: bool = False


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """One of the caller's own rows. `opened` is the inquiry that the page shows."""

    id: int
    opened: int | None = None


async def keep(exchange: Exchange) -> None:
    """Save CREATE TABLE statements. Raises `precondition_failed` if the name is taken.

    Raises `payload_too_large` if the caller has too many.
    """
    body = check_types(await exchange.json(), Keep)
    dialect, user = read_dialect(body.dialect), exchange.principal.user
    await check_schema(SchemaSubject(body.text, dialect))  # it must have a table
    exists = await in_time(SavedSchema.objects.filter(user=user, name=body.name).aexists())
    if not exists:
        await counts.schemas(user).check()
    elif not body.replace:
        raise PortalError("precondition_failed", [Sentence(TAKEN, name=body.name)], param="name")
    row, _ = await in_time(
        SavedSchema.objects.aupdate_or_create(
            user=user, name=body.name, defaults={"dialect": dialect, "text": body.text}
        )
    )
    html = await fragments.schemas_html(exchange.principal)
    await exchange.answer({"html": html, "value": f"saved:{row.pk}"})


async def forget(exchange: Exchange) -> None:
    """Delete a schema. Deleting it twice is no error."""
    body = check_types(await exchange.json(), Choice)
    own = SavedSchema.objects.filter(user=exchange.principal.user, pk=body.id)
    await in_time(own.adelete())
    await exchange.answer({"html": await fragments.schemas_html(exchange.principal)})


async def delete(exchange: Exchange) -> None:
    """Delete an inquiry. Deleting it twice is no error."""
    body = check_types(await exchange.json(), Choice)
    await in_time(Inquiry.of(exchange.principal.user).filter(pk=body.id).adelete())
    await exchange.answer({"html": await fragments.list_html(exchange.principal, body.opened)})
