"""
The session engine: Django's sessions in the database, with two differences.

The table holds a hash of each key, so that anyone who reads the table, or a backup, can use no
session. And a session ends when it was not used for a time, in any case after a time, and sooner
for staff and operators: SESSION_… and OPERATOR_… of the settings. `core.auth` calls `touch` for
each use; the row is written for one in some, since a use need not be stored to the second.
"""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

BEGAN, BRIEF = "began", "brief"  # when the person signed in; is it one of staff?
STORED_PART = 20  # a use is stored if the last one is older than this part of the idle time


def stored_key(key: str) -> str:
    """Return what the table has for a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(db.SessionStore):
    """A session. Its `session_key` is the cookie's value."""

    expires: datetime | None = None  # as it is in the table

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("accounts", "Session")

    # ── When it ends ────────────────────────────────────────────────────────────────────────

    def begin(self, *, brief: bool) -> None:
        """Note that someone signs in now."""
        self[BEGAN], self[BRIEF] = time.time(), brief

    def touch(self, *, brief: bool) -> bool:
        """Note that the session is in use; return False if it has ended."""
        end = _end(self.get(BEGAN, 0.0), brief)
        if end <= timezone.now():
            self.flush()
            return False
        if self.expires is None or abs(end - self.expires) > _times(brief)[0] / STORED_PART:
            self.model.objects.filter(session_key=stored_key(str(self.session_key))).update(
                expire_date=end
            )
        return True

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return for how many seconds a browser keeps the cookie: until the session must end."""
        _, whole = _times(bool(self.get(BRIEF)))
        return int(self.get(BEGAN, time.time()) + whole.total_seconds() - time.time())

    # ── The table ───────────────────────────────────────────────────────────────────────────

    def _get_session_from_db(self) -> Any:
        rows = self.model.objects.filter(session_key=stored_key(str(self.session_key)))
        row: Any = rows.filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        else:
            self.expires = row.expire_date
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        row.user_id = data.get("_auth_user_id")
        row.expire_date = _end(data.get(BEGAN, time.time()), bool(data.get(BRIEF)))
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=stored_key(key)).delete()

    # Django's own of these would look for the key itself, or store it.

    async def _aget_session_from_db(self) -> Any:
        return await sync_to_async(self._get_session_from_db)()

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)


def _times(brief: bool) -> tuple[timedelta, timedelta]:
    """Return how long a session lives without use, and at most."""
    if brief:
        idle, whole = settings.OPERATOR_IDLE_HOURS, settings.OPERATOR_SESSION_HOURS
    else:
        idle, whole = settings.SESSION_IDLE_HOURS, settings.SESSION_HOURS
    return timedelta(hours=idle), timedelta(hours=whole)


def _end(began: float, brief: bool) -> datetime:
    """Return when a session that is used now ends, unless it is used again."""
    idle, whole = _times(brief)
    now = timezone.now()
    return min(now + idle, now + whole - timedelta(seconds=time.time() - began))
