from __future__ import annotations

import os
import secrets
from contextlib import AbstractContextManager, ExitStack
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts.models import ApiToken, SignInLink
from aimodels.management.commands.serve import load_registry
from aimodels.serve.addresses import why_not
from aimodels.serve.model_server import NO_FILE, model_server, model_server_later
from core.http.hosts import EVERYWHERE, LOOPBACK_HOSTS, base_url
from core.program import command
from registry.entities import Provider
from registry.state.service import service
from registry.weights.places import absent

FIRST_USER = "admin"


class Command(BaseCommand):
    help = "Sets up what is missing, starts the embedded model and the portal. `make run` calls it."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._start()
        except OSError as error:
            raise CommandError(f"The portal cannot start: {error.strerror or error}.") from None
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}.") from None

    def _start(self) -> None:
        if reason := why_not(settings.HOST, settings.PORT):
            raise CommandError(
                f"Port {settings.PORT} on {settings.HOST} cannot be used: {reason}. "
                "Stop that program, or choose another: make run PORT=8001"
            )
        self.report("Preparing the database and static files")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        make_keys()
        with ExitStack() as stack:
            for name, section in service.current.providers.items():
                if section.serves:
                    stack.enter_context(self._model(name, section))
            service.load()  # a wrong file may have been removed
            welcome = self._welcome(first_account())
            call_command("serve", on_ready=lambda: self.stdout.write(welcome))

    def _model(self, name: str, provider: Provider) -> AbstractContextManager[object]:
        """Return the running server of a provider's model. Without its file it starts later."""
        url = provider.endpoint.base_url
        with ExitStack() as stack:
            try:
                if provider.absent:
                    raise CommandError(provider.absent, returncode=NO_FILE)
                self.report(f"Starting the model of {name}")
                stack.enter_context(model_server(name, url))
            except CommandError as error:
                if error.returncode != NO_FILE:
                    raise
                self.report(f"{name} is not set up: {error}")
                stack.enter_context(model_server_later(name, url, lambda: is_fetched(name)))
            return stack.pop_all()

    def _welcome(self, token: str | None) -> str:
        base = base_url(settings.HOST, settings.PORT)
        user = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        lines = [f"\nThe portal runs at {base} (Ctrl-C stops it).\n"]
        if settings.HOST in EVERYWHERE and set(settings.ALLOWED_HOSTS) <= {
            *LOOPBACK_HOSTS,
            settings.HOST,
        }:
            lines.append("Other machines are refused until ALLOWED_HOSTS names this one.\n")
        if user:
            minutes = settings.SIGN_IN_LINK_MINUTES
            lines += [
                f"Sign in as {user.username} (once, within {minutes} minutes):",
                f"  {base}{SignInLink.make(user)}\n",
            ]
        if token:
            lines += [
                f"API token (shown only now; `{command('create_token')}` creates others):",
                f"  {token}\n",
            ]
        return "\n".join(lines)

    def report(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()


def is_fetched(name: str) -> bool:
    """Is the model of this provider on this machine by now?"""
    config = service.config
    return config is not None and name not in absent(config.models)


def make_keys() -> None:
    """Give a new key to each provider that is served here and has none, and read models.yaml."""
    load_registry()
    for provider in service.current.providers.values():
        for variable in provider.endpoint.missing if provider.serves else ():
            os.environ[variable] = secrets.token_urlsafe(32)
    service.load()  # with the keys


def first_account() -> str | None:
    """Create the first superuser, without a password. Return its API token.

    Return None if there is a superuser already.
    """
    if User.objects.filter(is_superuser=True).exists():
        return None
    taken = set(User.objects.values_list("username", flat=True))
    names = (FIRST_USER if n == 1 else f"{FIRST_USER}{n}" for n in count(1))
    user = User.objects.create_superuser(next(name for name in names if name not in taken))
    return ApiToken.make(user, "first", "use operate")
