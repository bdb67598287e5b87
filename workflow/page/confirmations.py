"""
The page of confirmed questions: HTML in JSON.

    POST /workflow/confirmations  → `{"html"}`, those about the caller's sources and saved tables
    POST /workflow/confirm-again  confirm a stale one as the schema is now → the same
    POST /workflow/withdraw       withdraw one → the same
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from core.database.threads import in_threads
from core.errors import PortalError, Sentence
from core.http.body import check_types
from core.plain_errors import message_of
from workflow.confirming import confirm
from workflow.confirming.listing import Listed, listed
from workflow.confirming.place import lookup_for
from workflow.models import Confirmation, SavedSchema
from workflow.page import fragments
from workflow.sources.loaded import sources
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from core.http.exchange import Exchange
    from queryexpr.gate.operations import Schema


class One(msgspec.Struct, forbid_unknown_fields=True):
    """A confirmation."""

    id: int


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


class About(NamedTuple):
    """A data source or saved tables, as requests name them, and their title for people."""

    title: str
    schema: Schema
    dialect: str | None


class Section(NamedTuple):
    """Confirmed questions about one of them, or why they cannot be shown."""

    title: str
    rows: list[Listed]
    problem: str = ""


async def show(exchange: Exchange) -> None:
    """Answer the confirmed questions that the caller may see."""
    check_types(await exchange.json(), Nothing)
    await exchange.answer({"html": await _html(exchange.principal)})


async def again(exchange: Exchange) -> None:
    """Confirm a question again, with the query that it has."""
    await confirm.check_may(exchange.principal)
    body, principal = check_types(await exchange.json(), One), exchange.principal
    row, about = await _find(body.id, principal)
    await confirm.confirm(row.question, row.ir, about.schema, about.dialect, principal)
    await exchange.answer({"html": await _html(principal)})


async def withdraw_one(exchange: Exchange) -> None:
    """Withdraw a confirmation."""
    await confirm.check_may(exchange.principal)
    body, principal = check_types(await exchange.json(), One), exchange.principal
    row, about = await _find(body.id, principal)
    await confirm.withdraw(row.pk, about.schema, about.dialect, principal)
    await exchange.answer({"html": await _html(principal)})


async def _html(principal: Principal) -> str:
    sections = [await _section(about, principal) for about in await _abouts(principal)]
    may = await confirm.may_confirm(principal.user)
    return fragments.render("_confirmations", {"sections": sections, "may_confirm": may})


async def _section(about: About, principal: Principal) -> Section:
    try:
        subject = await read_subject(about.schema, about.dialect, principal.access)
        lookup = await lookup_for(subject, principal)
        return Section(about.title, await listed(subject, lookup, ended=True))
    except PortalError as error:  # its schema cannot be read now
        return Section(about.title, [], message_of(error))


@in_threads
def _abouts(principal: Principal) -> list[About]:
    """Return what the caller may ask about, as far as there are confirmed questions."""
    rows = Confirmation.objects.order_by()
    named = {*rows.filter(tables=None).values_list("source", flat=True).distinct()}
    visible = [source for source in sources().visible(principal.access) if source.name in named]
    saved = SavedSchema.objects.filter(user=principal.user, confirmation__isnull=False).distinct()
    return [
        *(About(source.label, {"source": source.name}, None) for source in visible),
        *(About(row.name, row.text, row.dialect) for row in saved),
    ]


@in_threads
def _find(pk: int, principal: Principal) -> tuple[Confirmation, About]:
    """Return a confirmation that the caller may see. Raises PortalError `not_found`."""
    row = Confirmation.objects.filter(pk=pk).select_related("tables").first()
    if row is not None and row.tables is None and _sees(row.source, principal):
        return row, About("", {"source": row.source}, None)
    if row is not None and row.tables and row.tables.user_id == principal.user.pk:
        return row, About("", row.tables.text, row.tables.dialect)
    raise PortalError("not_found", [Sentence(confirm.GONE)], param="id")


def _sees(name: str, principal: Principal) -> bool:
    return name in {source.name for source in sources().visible(principal.access)}
