"""What this app stores about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from core.personal_data import Expiry, Kind, personal_data
from core.personal_data.kinds import with_orphans
from workflow.models import Confirmation, Inquiry, Run, SavedSchema
from workflow.page.inquiry import from_stored
from workflow.page.kept import kept_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.contrib.auth.models import User

    from core.personal_data.kinds import Text


def _text(row: Inquiry) -> Text:
    return f"{row.pk}-{slugify(row.question)[:60] or 'sql'}.md", _markdown(row)


def _markdown(row: Inquiry) -> Iterator[str]:
    yield f"# {row.question or 'SQL'}\n\n"
    about = f"the data source {row.source}" if row.source else "tables that were pasted"
    yield f"{timezone.localtime(row.asked):%Y-%m-%d %H:%M}, about {about}: {row.outcome}.\n"
    answer = from_stored(row.answer)
    yield from _query(answer.sql, answer.final.explanation)
    if row.edited:
        yield from _edited(row.edited)


def _edited(edited: dict[str, Any]) -> Iterator[str]:
    kept = kept_query(edited)
    if kept is None:
        yield "\nThere is a later edit, which a newer version of the portal stored.\n"
        return
    yield "\nAfter the last edit:\n"
    yield from _query(kept.sql, kept.explanation)


def _query(sql: str, explanation: Iterable[str]) -> Iterator[str]:
    if sql:
        yield f"\n```sql\n{sql}\n```\n"
    for line in explanation:
        yield f"\n{line}\n"


def _forget_run(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    rows = with_orphans(rows, user)
    return rows.update(who=None, username=pseudonym, sql="", error="")


def _forget_confirmations(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    """Keep what answers others' questions, without the name. What has ended is deleted."""
    rows, name = with_orphans(rows, user), user.get_username()
    count = rows.count()
    Confirmation.objects.filter(ended_by=name).update(ended_by=pseudonym)
    rows.exclude(ended=None, tables=None).delete()
    rows.update(who=None, username=pseudonym)
    return count


personal_data.register(
    Kind(
        name="inquiries",
        title=gettext_noop("Questions to SQL, with their answers"),
        model=Inquiry,
        of=Inquiry.of,
        texts=_text,
        own=True,
        expiry=Inquiry.expiry,
    ),
    Kind(
        name="schemas",
        title=gettext_noop("Saved schemas"),
        model=SavedSchema,
        of=lambda user: SavedSchema.objects.filter(user=user),
        own=True,
        expiry=SavedSchema.expiry,
    ),
    Kind(
        name="confirmations",
        title=gettext_noop("Questions whose queries were confirmed"),
        model=Confirmation,
        of=lambda user: Confirmation.objects.filter(who=user),
        secret=frozenset({"vector"}),
        erase=_forget_confirmations,
        stays="questions about data sources that hold, with their queries: the answers of others "
        "are those. The name is replaced. What was replaced or withdrawn is deleted.",
        expiry=Confirmation.expiry,
    ),
    Kind(
        name="runs",
        title=gettext_noop("The record of queries that were run on data sources"),
        model=Run,
        of=lambda user: Run.objects.filter(who=user),
        erase=_forget_run,
        stays="that a query was run: the data source, the time, the number of rows. Owners of data "
        "need it. The name is replaced, the SQL and its error are emptied.",
        expiry=Expiry("CHANGE_DAYS", "at"),
    ),
)
personal_data.exempt(workflow_Evaluation="how models answer the portal's own questions")
