from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import SignInLink
from aimodels.addresses import base_url


class Command(BaseCommand):
    help = "Prints a link that signs a user in, once, for a quarter of an hour."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--base", help="The portal's address, such as https://ai.example.org.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            known = ", ".join(User.objects.values_list("username", flat=True)[:20]) or "nobody"
            raise CommandError(f"No active user is called {options['username']}. Known: {known}.")
        base = (options["base"] or base_url(settings.HOST, settings.PORT)).rstrip("/")
        self.stdout.write(base + SignInLink.make(user))
