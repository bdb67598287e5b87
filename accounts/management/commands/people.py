from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from accounts.management.commands._base import AccountCommand
from core.personal_data import personal_data
from core.personal_data.archive import archive
from core.personal_data.erasure import erase, reclaim

if TYPE_CHECKING:
    from collections.abc import Mapping


class Command(AccountCommand):
    help = "Writes all data about a person to an archive, or erases it with the account."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        sub = commands.add_parser("export", help="Write a zip file of all data about a person.")
        sub.add_argument("username")
        sub.add_argument("file", type=Path, help="It must not exist yet.")
        sub = commands.add_parser("erase", help="Delete a person's data and account for good.")
        sub.add_argument("username")
        sub.add_argument("--yes", action="store_true", help="Do not ask.")
        sub.add_argument(
            "--later",
            action="store_true",
            help="Leave the bytes of deleted rows in the database's files.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"No one is called {options['username']}.")
        if options["command"] == "export":
            self.export(user, options["file"])
        else:
            self.erase(user, yes=options["yes"], later=options["later"])

    def export(self, user: User, path: Path) -> None:
        counts: Counter[str] = Counter()
        try:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written: {error.strerror}. Name a file that does not exist, in"
                " a folder that you can write to."
            ) from None
        with os.fdopen(number, "wb") as file:
            for piece in archive(user, counts):
                file.write(piece)
        self.report(counts)
        self.stdout.write(f"Everything about {user.username} is in {path}.")

    def erase(self, user: User, *, yes: bool, later: bool) -> None:
        name = user.get_username()
        if not yes and self.asked(name) != name:
            raise CommandError("Nothing was erased.")
        counts = erase(user)
        self.report(counts)
        for kind in personal_data.kinds.values():
            if kind.stays and counts.get(kind.name):
                self.stdout.write(f"{kind.name} are kept without the name: {kind.stays}")
        self.stdout.write(f"{name} is erased. Backups still have the data.")
        if not later:
            self.reclaim()

    def asked(self, name: str) -> str:
        try:
            return input(f"Erase {name} and all their data for good? Type the name: ")
        except EOFError:
            raise CommandError("There is no terminal to ask at. Add --yes.") from None

    def reclaim(self) -> None:
        try:
            self.stdout.write(reclaim())
        except DatabaseError as error:
            raise CommandError(
                f"The rows are erased, but their bytes may still be in the database's files: "
                f"{error}. Run VACUUM yourself: docs/people.md."
            ) from None

    def report(self, counts: Mapping[str, int]) -> None:
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
