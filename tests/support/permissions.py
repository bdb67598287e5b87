"""Granting permissions in the database of the tests' own process."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission, User


def grant(user: User, *names: str) -> None:
    """Give `user` these permissions, which a test with a database to flush may have deleted."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
