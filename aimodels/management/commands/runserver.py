from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Django's own would serve pages by WSGI, without the routes that wait for a model."""

    help = "Not used here: see `manage.py serve`."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("The portal is served by: manage.py serve")
