"""
Keeps the copies of this machine fresh: the process that writes its ledger does.

They are written each hour, and within a minute after a month became cells, models.yaml changed, or
an account went.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.models import Count, Max

from aimodels.portal_source import listed, usage
from aimodels.portal_source.runs import runs
from aimodels.portal_source.write import write
from ledger.sums import Month
from registry.state.service import service
from workflow.sources.portal.source import PEOPLE, SUMS

if TYPE_CHECKING:
    from aimodels.portal_source.write import Rows

logger = logging.getLogger(__name__)
LOOK_SECONDS, WRITE_SECONDS = 60.0, 3600.0


class Refresher:
    """Looks each minute whether the copies are due, in a thread of its own."""

    def __init__(self) -> None:
        self._due = 0.0
        self._known: tuple[Any, ...] = ()

    def start(self) -> None:
        threading.Thread(target=self._run, name="portal-source", daemon=True).start()

    def _run(self) -> None:
        wait = threading.Event()
        while True:
            try:
                self.look()
            except (DatabaseError, OSError, sqlite3.Error) as error:
                logger.warning("The portal's own data source was not written: %s", error)
            except Exception:
                logger.exception("The portal's own data source was not written")
            finally:
                connection.close()
            wait.wait(LOOK_SECONDS)

    def look(self) -> None:
        """Write the copies if they are old, or if something changed. Raises DatabaseError."""
        known = _known()
        is_there = SUMS.path.exists() and PEOPLE.path.exists()
        if known != self._known or time.monotonic() >= self._due or not is_there:
            write_copies()
            self._known, self._due = known, time.monotonic() + WRITE_SECONDS


def _known() -> tuple[Any, ...]:
    months = Month.objects.aggregate(last=Max("month"), count=Count("pk"))
    return (
        months["last"],
        months["count"],
        get_user_model().objects.count(),
        service.current.version,
    )


def write_copies() -> None:
    """Write both copies now."""
    write(SUMS.path, SUMS.statements, _sums())
    write(PEOPLE.path, PEOPLE.statements, _sums() | {"usage_by_person": usage.by_person()})


def _sums() -> dict[str, Rows]:
    registry = service.current
    return {
        "usage_by_model": usage.by_model(), "usage_by_group": usage.by_group(),
        "providers": listed.providers(registry), "models": listed.models(registry),
        "model_capabilities": listed.capabilities(registry), "sql_runs": runs(),
    }  # fmt: skip


refresher = Refresher()
