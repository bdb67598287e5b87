from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.commands._base import AccountCommand
from accounts.sign_in import throttle


class Command(AccountCommand):
    help = "Forgets the failed sign-ins of a person, or from an address, so that no one waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name_or_address")

    def handle(self, *args: Any, **options: Any) -> None:
        text = options["name_or_address"]
        counts = throttle.forget(text)
        self.stdout.write(
            f"The failures of {text} are forgotten." if counts else f"{text} has no failures."
        )
