"""What a source's tables look like, as the gate and prompts read it. Never a value of a row."""

from __future__ import annotations

import time
from typing import Any

from django.db import Error as DatabaseError

from queryexpr.schema.checks import fault
from workflow.sources.errors import trouble
from workflow.sources.own_database import own
from workflow.sources.process.client import Answer, ask, job_of
from workflow.sources.source import Source

FRESH = 60.0  # seconds
LONGEST_TYPE, LONGEST_COMMENT = 200, 2000  # characters, as schema_json takes them

_kept: dict[str, tuple[float, Source, Answer]] = {}


def schema_of(source: Source) -> Answer:
    """Return `{"tables": […]}`, as `schema_json.read_tables` takes it, up to a minute old.

    It waits for a process: call it in a thread. Raises PortalError if the source cannot be read,
    or did not pass its checks.
    """
    now = time.monotonic()
    until, known, schema = _kept.get(source.name, (0.0, None, {}))
    if known == source and now < until:
        return schema
    answer = look_at(source, "schema")
    if error := trouble(source, answer):
        raise error
    schema = {"tables": [_fitting(table) for table in answer["tables"] if table["columns"]]}
    _kept[source.name] = (now + FRESH, source, schema)
    return schema


def look_at(source: Source, task: str) -> Answer:
    """Do a task that is no query. Without the portal's own database nothing can be told from it."""
    try:
        portal = own()
    except DatabaseError:
        return {"unreachable": "the portal's own database does not answer"}
    return ask(job_of(source, task, portal))


def _fitting(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table without what could not be in a schema: columns that cannot be named."""
    columns = [
        {**column, "type": column["type"][:LONGEST_TYPE], **_comment(column)}
        for column in table["columns"]
        if not fault(column["name"])
    ]
    return {**table, **_comment(table), "columns": columns}


def _comment(part: dict[str, Any]) -> dict[str, str]:
    return {"comment": part.get("comment", "")[:LONGEST_COMMENT]}
