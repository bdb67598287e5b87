"""An account is deleted → the copy that names people is too; the next one is without it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete
from django.dispatch import receiver

from workflow.sources.portal.source import PEOPLE


@receiver(post_delete, sender=get_user_model(), dispatch_uid="portal_source")
def forget_people(**_: Any) -> None:
    PEOPLE.path.unlink(missing_ok=True)
