from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from aimodels.addresses import base_url, why_not
from aimodels.server import SERVERS
from chat.conversations import recover
from registry.errors import ConfigError
from registry.health import monitor
from registry.reload import watcher
from registry.service import service


class Command(BaseCommand):
    help = "Serves the portal. A models.yaml with mistakes stops the start."
    stealth_options = ("on_ready",)  # what to do once it listens, instead of saying so
    requires_system_checks = []  # `load_registry` tells the same

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--server", choices=sorted(SERVERS), default="daphne")
        parser.add_argument("--host", default=settings.HOST, help="Default: $HOST")
        parser.add_argument("--port", type=int, default=settings.PORT, help="Default: $PORT")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        load_registry()
        check_prepared()
        if reason := why_not(host, port):
            raise CommandError(
                f"The portal cannot listen on {host} port {port}: {reason}. "
                "Stop that program, or set HOST and PORT."
            )
        recover()
        monitor.start()
        watcher.start()
        ready = options.get("on_ready") or self._say(host, port)
        SERVERS[options["server"]](host, port, ready)

    def _say(self, host: str, port: int) -> Callable[[], None]:
        return lambda: self.stdout.write(f"Serving on {base_url(host, port)}")


def check_prepared() -> None:
    """Raise CommandError unless the database and the static files are what the code expects."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used: {error}.") from None
    finally:
        connection.close()
    if missing:
        raise CommandError("The database is not up to date. Run: manage.py migrate")
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise CommandError(
            "The static files are not there. Run: manage.py collectstatic --no-input"
        )


def load_registry() -> None:
    """Read models.yaml, unless it is loaded. Raises CommandError with every mistake in it."""
    try:
        service.current  # noqa: B018 — reads the file at first use
    except ConfigError as error:
        raise CommandError(f"{error.file} was not loaded:\n{error}") from None
