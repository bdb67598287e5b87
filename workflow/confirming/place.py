"""Where the confirmed questions about a subject are, for the person who asks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import Error

from core.database.threads import in_threads
from workflow.confirmed.lookup import Lookup
from workflow.models import SavedSchema

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from workflow.subject import SchemaSubject

SEE_PEOPLE = "accounts.see_people"


async def with_confirmed(subject: SchemaSubject, principal: Principal) -> SchemaSubject:
    """Return the subject with the confirmed questions about it, if there can be some."""
    lookup = None
    with suppress(Error):  # without the portal's database, models are asked
        lookup = await lookup_for(subject, principal)
    return replace(subject, confirmed=lookup) if lookup else subject


async def lookup_for(subject: SchemaSubject, principal: Principal) -> Lookup | None:
    """Return where questions about a subject are confirmed: None for tables that are not saved."""
    reader = principal.user.pk
    sees = principal.access.has(frozenset({SEE_PEOPLE}))
    if subject.source:
        return Lookup(subject.source, None, reader, sees, outside=subject.outside)
    if not isinstance(subject.schema, str):
        return None
    tables = await _saved(reader, subject.schema, subject.dialect)
    return None if tables is None else Lookup("", tables, reader, sees, outside=subject.outside)


def _saved_now(user: int, text: str, dialect: str) -> int | None:
    rows = SavedSchema.objects.filter(user=user, dialect=dialect, text=text)
    return rows.values_list("pk", flat=True).first()


_saved = in_threads(_saved_now)
