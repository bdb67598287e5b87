"""Kinds of personal data, and the list of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator  # at run time: the fields' types
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PAGE = 20  # rows that are in memory at once

# A file of an archive: its name, and its text in pieces.
Text = tuple[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Expiry:
    """Rows are deleted `setting` days after the time in their field `since`. 0 days: never."""

    setting: str
    since: str

    @property
    def days(self) -> float:
        return float(getattr(settings, self.setting))

    def deleted_on(self, row: Model) -> datetime | None:
        """Return when `row` is deleted, or None."""
        since = getattr(row, self.since)
        return since + timedelta(days=self.days) if self.days and since else None

    def before(self) -> datetime:
        return timezone.now() - timedelta(days=self.days)


def with_orphans(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Return `rows`, and those of the same `username` whose account is gone.

    An erasure takes them: who else could ask for it? An export does not: they may be of someone
    who had the name before.
    """
    orphans = rows.model._default_manager.filter(who=None, username=user.get_username())
    both: QuerySet[Any] = rows | orphans
    return both


def delete(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    """Delete a person's rows, and return their number."""
    count = rows.count()
    rows.delete()
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Rows of `model` that are about one person: those that `of` returns.

    `secret` fields are not exported. `texts` writes rows to read, besides the JSON of all fields.
    `own` rows are what people write themselves, and may delete all at once. `erase` deletes, or
    replaces the name by a pseudonym where `stays` says what stays and why. Rows of the models in
    `parts` are deleted with these.
    """

    name: str  # of its file in an archive, and in reports
    title: str  # as pages and documents call it
    model: type[Model]
    of: Callable[[User], QuerySet[Any]]
    secret: frozenset[str] = frozenset()
    fields: Callable[[Any], dict[str, Any]] | None = None  # of a row; None: those of its table
    texts: Callable[[Any], Text] | None = None
    own: bool = False
    erase: Callable[[QuerySet[Any], User, str], int] = delete
    stays: str = ""
    parts: tuple[type[Model], ...] = ()
    expiry: Expiry | None = None

    def exported(self, row: Any) -> dict[str, Any]:
        """Return what an archive holds of `row`: bytes in hex digits."""
        if self.fields:
            return self.fields(row)
        names = [field.attname for field in row._meta.concrete_fields]
        values = ((name, getattr(row, name)) for name in names if name not in self.secret)
        return {name: v.hex() if isinstance(v, bytes | memoryview) else v for name, v in values}


class PersonalData:
    """All kinds, and the models that are not about people, with the reason.

    The modules `personal_data` of the apps register them. They are imported at the first use.
    """

    def __init__(self) -> None:
        self._complete = False
        self._kinds: dict[str, Kind] = {}
        self._impersonal: dict[str, str] = {}

    @property
    def kinds(self) -> dict[str, Kind]:
        """By name."""
        self._discover()
        return self._kinds

    @property
    def impersonal(self) -> dict[str, str]:
        """By label of the model: why it is not about people."""
        self._discover()
        return self._impersonal

    def _discover(self) -> None:
        if not self._complete:
            autodiscover_modules("personal_data")
            self._complete = True

    def register(self, *kinds: Kind) -> None:
        self._kinds |= {kind.name: kind for kind in kinds}

    def exempt(self, **reasons: str) -> None:
        """Register models that are not about people: `app_Model="why"`."""
        self._impersonal |= {name.replace("_", ".", 1): why for name, why in reasons.items()}


personal_data = PersonalData()


def pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield `rows` in lists of PAGE, each by a query of its own.

    So a reader who pauses holds neither a cursor nor a connection, and any thread may go on.
    """
    rows, last = rows.order_by("pk"), None
    while True:
        page = list((rows if last is None else rows.filter(pk__gt=last))[:PAGE])
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = page[-1].pk


def each(rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield `rows` as `pages` reads them."""
    for page in pages(rows):
        yield from page
