from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from core.program import command


class AccountCommand(BaseCommand):
    """A command that uses the database. If it is not ready, the command fails with one sentence."""

    requires_system_checks = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DatabaseError as error:
            raise CommandError(
                f"The database {name()} is not ready: {error}. Run `{command('migrate')}` first,"
                " or set the portal's own variables: DATABASE_URL or VAR_DIR."
            ) from None


def name() -> str:
    """Return which database it is."""
    return str(connection.settings_dict["NAME"])
