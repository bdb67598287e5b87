from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from accounts.management.commands._base import AccountCommand
from accounts.models import SignInLink
from core.http.hosts import public_url
from core.program import command


class Command(AccountCommand):
    help = "Prints a link that signs a user in, once, within $SIGN_IN_LINK_MINUTES."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--base", help="The portal's address; by default the first of ALLOWED_HOSTS."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            known = ", ".join(User.objects.values_list("username", flat=True)[:20]) or "no one"
            raise CommandError(
                f"No active user is called {options['username']}. Known: {known}. "
                f"`{command('createsuperuser')}` creates an administrator, who adds others in the "
                "admin."
            )
        base = (options["base"] or public_url()).rstrip("/")
        self.stdout.write(base + SignInLink.make(user))
