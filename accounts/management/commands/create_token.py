from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken
from registry.auth import OPERATE


class Command(BaseCommand):
    help = "Makes an API token, and its user if there is none. Prints the token as its last line."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--staff", action="store_true", help="The user operates the registry.")
        parser.add_argument("--name", default="command line", help="What people call the token.")
        parser.add_argument("--days", type=int, help="How long it is good for.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_or_create(options["username"], staff=options["staff"])
        scopes = "use operate" if options["staff"] else "use"
        token = ApiToken.make(user, options["name"], scopes, options["days"])
        self.stdout.write(f"This token of {user.username} is shown once:")
        self.stdout.write(token)


def find_or_create(username: str, *, staff: bool) -> User:
    """Return the user. An existing one is never promoted on the quiet. Raises CommandError."""
    user, created = User.objects.get_or_create(username=username)
    if created:
        user.set_unusable_password()
        user.is_staff = staff
        user.save()
        if staff:
            app, codename = OPERATE.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
    elif staff and not user.has_perm(OPERATE):
        raise CommandError(
            f"{username} exists and is no operator. Give the permission {OPERATE} in the admin, "
            "or leave --staff out."
        )
    return user
