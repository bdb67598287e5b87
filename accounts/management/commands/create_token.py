from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from accounts.management.commands._base import AccountCommand
from accounts.models import ApiToken
from core.addresses import read_networks
from core.auth.principals import OPERATE
from core.auth.scopes import USE
from core.errors import PortalError
from registry.listing import check_known
from registry.state.service import service

MAX_DAYS = 3650


class Command(AccountCommand):
    help = "Creates an API token, and its user if there is none. Prints the token on stdout."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--staff", action="store_true", help="The user operates the registry.")
        parser.add_argument(
            "--sql", action="store_true", help="With --only: it may also ask for SQL."
        )
        parser.add_argument(
            "--local-only", action="store_true", help="Only local models get what it sends."
        )
        parser.add_argument(
            "--only", nargs="+", choices=USE, default=["use"], help="It may do nothing else."
        )
        parser.add_argument(
            "--models", nargs="+", default=[], help="It may use these models alone: provider:name."
        )
        parser.add_argument(
            "--addresses", nargs="+", default=[], help="It works from there only: 10.0.0.0/8."
        )
        parser.add_argument("--name", default="command line", help="The name of the token.")
        parser.add_argument("--days", type=int, help="Default: $TOKEN_DAYS")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"] if options["days"] is not None else settings.TOKEN_DAYS
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"A token is valid for at least one day and at most {MAX_DAYS}.")
        check_limits(options)
        user = find_or_create(options["username"], staff=options["staff"])
        more = [scope for scope, given in (("operate", "staff"), ("sql", "sql")) if options[given]]
        scopes = " ".join(dict.fromkeys([*options["only"], *more]))
        token = ApiToken.make(
            user,
            options["name"],
            scopes,
            days,
            local_only=options["local_only"],
            model_ids=options["models"],
            networks=options["addresses"],
        )
        self.stderr.write(f"This token of {user.username} is shown once:", self.style.SUCCESS)
        self.stdout.write(token)


def check_limits(options: dict[str, Any]) -> None:
    """Raise CommandError for models and addresses that a token cannot have."""
    if options["models"] and options["staff"]:
        raise CommandError("A token that operates is for all models: leave out --models.")
    try:
        for model_id in options["models"]:
            check_known(service.current, model_id)
        read_networks(options["addresses"])
    except PortalError as error:
        raise CommandError(error.message) from None
    except ValueError as error:
        raise CommandError(f"{error}. Write addresses or networks: 192.0.2.7 10.0.0.0/8") from None


def find_or_create(username: str, *, staff: bool) -> User:
    """Return the user. Raises CommandError rather than make an existing user an operator."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return create(username, staff=staff)
    if not user.is_active:
        raise CommandError(f"{username} is disabled. Enable the user in the admin first.")
    if staff and not user.has_perm(OPERATE):
        raise CommandError(
            f"{username} exists and is not an operator. Grant {OPERATE} in the admin, "
            "or leave out --staff."
        )
    return user


def create(username: str, *, staff: bool) -> User:
    user = User(username=username, is_staff=staff)
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        raise CommandError(f"{username!r} cannot be a user's name: {error.messages[0]}") from None
    user.save()
    if staff:
        app, codename = OPERATE.split(".")
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        user.user_permissions.add(permission)
    return user
