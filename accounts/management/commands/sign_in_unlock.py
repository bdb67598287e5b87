from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from accounts.management.commands._base import AccountCommand
from accounts.sign_in import throttle
from core.addresses import read_address


class Command(AccountCommand):
    help = "Forgets the failed sign-ins of a person, or from an address, so that no one waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name_or_address")

    def handle(self, *args: Any, **options: Any) -> None:
        text = options["name_or_address"]
        counts = throttle.forget(text)
        known = bool(read_address(text)) or User.objects.filter(username=text).exists()
        if not counts and not known:
            raise CommandError(f"No one is called {text}, and it is no address.")
        self.stdout.write(
            f"The failures of {text} are forgotten." if counts else f"{text} has no failures."
        )
