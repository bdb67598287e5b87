"""
Tables of single sign-on and second factors that stay when these are turned off.

Their apps are installed only where they are configured, so Django does not know that their rows
refer to people: the database would refuse to delete a person.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connections
from django.db.models.signals import pre_delete
from django.dispatch import receiver

TABLES = {
    "allauth.socialaccount": ["socialaccount_socialaccount"],  # tokens of it are never stored
    "allauth.account": ["account_emailaddress"],
    "allauth.mfa": ["mfa_authenticator"],
}


@receiver(pre_delete, sender=User)
def delete_leftovers(instance: User, using: str, **more: Any) -> None:
    """Delete what these tables have about a person."""
    tables = [t for app, names in TABLES.items() if not apps.is_installed(app) for t in names]
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for table in existing.intersection(tables):
            # The names are those of above.
            cursor.execute(f'DELETE FROM "{table}" WHERE user_id = %s', [instance.pk])  # noqa: S608
