"""A question for a model, and for its fallbacks if it gives no reply at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from core.errors import PortalError
from registry.gateway.attempts import Attempts, Fitted
from workflow.asker import Asker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.asker import Database, Near, Report

T = TypeVar("T")


async def first_answer(
    resolution: Resolution,
    call: Call,
    report: Report | None,
    ask: Callable[[Asker], Awaitable[T]],
    *,
    forgiving: bool = False,
    database: Database | None = None,
    near: Near | None = None,
) -> tuple[T, Resolution]:
    """Return what `ask` does with the model or its first fallback that replies, and that model.

    The whole question is asked again, since each model has its own prompt. Raises PortalError.
    """
    call.resolution = None  # of an earlier question
    attempts, began = None, time.monotonic()
    while True:
        asker = Asker(resolution, call, report, forgiving=forgiving, database=database, near=near)
        try:
            return await ask(asker), call.resolution or resolution
        except PortalError as error:
            if asker.replies or not (attempts or resolution.fallbacks):
                raise
            attempts = attempts or Attempts(
                call, resolution, began, refit=lambda other: Fitted(other, {})
            )
            resolution = (await attempts.after(error, Fitted(resolution, {}))).resolution
