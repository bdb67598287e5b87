"""What housekeeping deletes of this app's tables."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session as OldSession
from django.utils import timezone

from accounts import record
from accounts.models import Session, SignInLink
from accounts.sign_in import throttle


def delete_ended_sessions() -> None:
    """Delete the sessions that have ended, also those of Django's own engine."""
    for model in (Session, OldSession):
        model.objects.filter(expire_date__lt=timezone.now()).delete()


def delete_old_links() -> None:
    """Delete links a day after their end: until then they say that they were used."""
    SignInLink.objects.filter(expires__lt=timezone.now() - timedelta(days=1)).delete()


CHORES = (throttle.delete_old, record.delete_old, delete_ended_sessions, delete_old_links)
