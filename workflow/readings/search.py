"""The search for a small world that tells two readings apart, in the gate's confined process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from core.errors import PortalError
from queryexpr.gate.operations import Document, small_world
from queryexpr.issues import Refused
from workflow.readings.readings import Reading, Readings, of_found
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from workflow.subject import SchemaSubject

SHARE = 0.5  # of SQL_GATE_SECONDS: a search that goes on for longer would end its process
TOO_SLOW = "The search for a small world took too long."
Query = Document | str  # a query expression, or SQL


async def told_apart(
    queries: tuple[Query, Query],
    readings: tuple[Reading, Reading],
    subject: SchemaSubject,
    share: float = SHARE,
) -> Readings:
    """Return what tells two valid queries about a subject apart.

    A search that is refused, or fails, costs no answer: the sentence says why there is none.
    `share` is how much of SQL_GATE_SECONDS it may take.
    """
    began = time.monotonic()
    operation = small_world(
        *queries,
        subject.dialect,
        subject.schema,
        seconds=settings.SQL_GATE_SECONDS * share,
        must_show=True,
        today=timezone.localdate().isoformat(),
    )
    try:
        found = await sandbox.run(operation)
    except Refused as refused:
        issue = refused.issues[0]
        reason = TOO_SLOW if issue.code == "too_slow" else issue.message
    except PortalError as error:
        reason = error.message
    else:
        return of_found(found, readings, time.monotonic() - began)
    seconds = round(time.monotonic() - began, 3)
    return Readings("not_searched", reason, readings, seconds=seconds)
