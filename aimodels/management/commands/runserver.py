from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.program import command


class Command(BaseCommand):
    """Django's own would serve pages by WSGI, without the routes that wait for a model."""

    help = f"Not used here: see `{command('serve')}`."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(f"The portal is served by: {command('serve')}")
