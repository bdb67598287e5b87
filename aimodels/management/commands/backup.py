from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection


class Command(BaseCommand):
    help = "Copies the portal's SQLite database to a new file, while the portal runs."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="It must not exist yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        name, copy = str(connection.settings_dict["NAME"]), options["file"]
        if connection.vendor != "sqlite":
            raise CommandError(f"This is for SQLite. Use `pg_dump {name}` on your server.")
        reserve(copy)
        try:
            copy_database(name, copy)
        except sqlite3.Error as error:
            copy.unlink()
            raise CommandError(f"The database {name} cannot be copied: {error}.") from None
        self.stdout.write(f"{name} is in {copy}, {copy.stat().st_size:,} bytes.")


def reserve(copy: Path) -> None:
    """Create the file, for its owner alone. Raises CommandError."""
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CommandError(
            f"{copy} cannot be written: {error.strerror}. Name a file that does not exist, in a "
            "folder that you can write to."
        ) from None


def copy_database(name: str, copy: Path) -> None:
    """Copy a database as it is at one moment into an empty file. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{quote(name)}?mode=ro", uri=True)) as database:
        database.execute("SELECT 1 FROM django_migrations LIMIT 1")  # it is the portal's
        database.execute("VACUUM INTO ?", [str(copy)])
