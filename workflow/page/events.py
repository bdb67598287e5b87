"""Events of the workflow's page: lines of JSON, and the progress of a model's work."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from core.http.sse import EventStream
    from workflow.asker import Report
    from workflow.pipeline.steps import Progress


def event(value: dict[str, Any]) -> bytes:
    """Return a server-sent event with a JSON value."""
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


def reporter(role: str, stream: EventStream) -> Report:
    """Return what sends the steps of the model of a role, "chat" or "sql", as events."""

    async def report(progress: Progress) -> None:
        await stream.write(event({"progress": {"role": role, **asdict(progress)}}))

    return report
