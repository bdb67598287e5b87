from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from aimodels import background, debug
from aimodels.serve import counters, servers
from aimodels.serve.addresses import bound, listen, reason
from aimodels.serve.descriptors import raise_limit
from aimodels.serve.heartbeat import beat
from aimodels.serve.supervisor import Supervisor
from core.errors import ConfigError
from core.http.hosts import base_url
from core.http.tasks import tasks
from core.program import command
from registry.state.service import service
from registry.workers.worker import worker
from workflow.checks import unconfined
from workflow.meanings.current import read_file as read_meanings
from workflow.sources.check import check_sources
from workflow.sources.loaded import current as current_sources
from workflow.sources.loaded import sources

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serves the portal. A models.yaml with mistakes stops the start."
    stealth_options = ("on_ready",)  # what to do once it listens, instead of printing that
    requires_system_checks = []  # `load_registry` reports the same

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--server", choices=servers.SERVERS, default="daphne")
        parser.add_argument("--host", default=settings.HOST, help="Default: $HOST")
        parser.add_argument("--port", type=int, default=settings.PORT, help="Default: $PORT")
        parser.add_argument(
            "--workers", type=int, default=1, help="Processes. More than one need REDIS_URL."
        )
        parser.add_argument(
            "--share-port",
            action="store_true",
            help="Allow other processes of this user to listen there.",
        )
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="Stop when standard input closes."
        )

        parser.add_argument(
            "--beat", action="store_true", help="Print a line each second while it can serve."
        )
        parser.add_argument(
            "--last-good",
            type=Path,
            help="The file to start with if models.yaml is invalid; sources.yaml is beside it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        check_debug(options["host"])
        raise_limit()
        load_registry(options["last_good"])
        check_prepared()
        check_data_sources(options["last_good"])
        check_store(options["workers"])
        if options["stop_with_parent"]:
            threading.Thread(target=stop_with_parent, daemon=True).start()
        ready = options.get("on_ready") or self._announcement(options)
        server, host, port = options["server"], options["host"], options["port"]
        sock = open_socket(host, port, shared=options["share_port"])
        if options["workers"] > 1:
            sock.close()  # the address is free: the workers may listen there
            with bound(host, port, shared=True):
                Supervisor(server, host, port, options["workers"], ready).run()
        else:
            tasks.one_of_several = options["share_port"]
            counters.reserve()
            background.start()
            servers.run(server, sock, beating(ready) if options["beat"] else ready)
            background.stop()

    def _announcement(self, options: dict[str, Any]) -> Callable[[], None]:
        count = f" with {options['workers']} workers" if options["workers"] > 1 else ""
        message = f"Serving on {base_url(options['host'], options['port'])}{count}"

        def announce() -> None:
            self.stdout.write(message)
            self.stdout.flush()

        return announce


def beating(ready: Callable[[], None]) -> Callable[[], None]:
    """Return `ready`, which servers call in their event loop, followed by the loop's heartbeat."""

    def announce() -> None:
        ready()
        beat(asyncio.get_event_loop())

    return announce


def open_socket(host: str, port: int, *, shared: bool) -> socket.socket:
    """Return the socket to serve on, which listens. Raises CommandError."""
    try:
        return listen(host, port, shared=shared)
    except OSError as error:
        raise CommandError(
            f"The portal cannot listen on {host} port {port}: {reason(error)}. "
            "Stop that program, or set HOST and PORT."
        ) from None


def check_debug(host: str) -> None:
    """Raise CommandError if DEBUG is on and others could reach the portal."""
    if reason := debug.refusal(host):
        raise CommandError(reason)
    if settings.DEBUG:
        logger.warning("DEBUG is on: anyone who causes an error sees the code and its variables")


def check_store(workers: int) -> None:
    """Raise CommandError unless that many workers can share their state."""
    if workers < 1:
        raise CommandError("--workers must be at least 1.")
    try:
        if workers > 1 and not service.store.shared:
            raise CommandError(
                f"{workers} workers have to share their state. Set REDIS_URL, such as "
                "redis://localhost:6379/0, or start one worker."
            )
        if workers == 1:
            worker.join()
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from None


def stop_with_parent() -> None:
    """Stop when standard input closes, which happens however the parent process ends."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


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
        raise CommandError(f"The database is not up to date. Run: {command('migrate')}")
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise CommandError(
            f"The static files are missing. Run: {command('collectstatic --no-input')}"
        )


def check_data_sources(last_good: Path | None = None) -> None:
    """Raise CommandError for sources and meanings that are not allowed.

    Sources that cannot be reached are logged. A worker that replaces another starts without what
    is not allowed, as the others continue: with the last valid file, if this one is invalid now.
    """
    for fault in unconfined():
        logger.warning("%s", fault)
    try:
        begin_sources(last_good and last_good.with_name("sources.yaml"))
        for problem in check_sources(sources()):
            logger.warning("%s", problem.message)
        read_meanings()
    except ConfigError as error:
        if last_good is None:
            raise CommandError(f"{error.file} was not loaded:\n{error}") from None
        logger.error("%s is not as it should be:\n%s", error.file, error)


def begin_sources(last_good: Path | None) -> None:
    """Read the data sources. Raises ConfigError, unless there is a last valid file."""
    try:
        sources()
    except ConfigError:
        if last_good is None or not last_good.exists():
            raise
        current_sources.begin(last_good.read_bytes())


def load_registry(last_good: Path | None = None) -> None:
    """Read models.yaml, unless it is loaded. Raises CommandError with every mistake in it.

    A worker that replaces another starts with `last_good`, if models.yaml is invalid now.
    """
    try:
        service.ensure_loaded()
    except ConfigError as error:
        if last_good is None or not last_good.exists():
            raise CommandError(f"{error.file} was not loaded:\n{error}") from None
        service.load(last_good.read_bytes())
