"""manage.py sql eval: how well does a model answer questions about data, and asked how?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.errors import PortalError
from registry.providers.http import connections
from registry.state.service import service
from workflow.evaluate import Graded, Score, evaluate
from workflow.evaluation.results import digest_of, measured_way
from workflow.models import Evaluation
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from registry.entities import Resolution
    from workflow.pipeline.forms import Way

WAYS: tuple[Way, ...] = ("sql", "ir", "examples")
Print = Callable[[str], Any]


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--model", default="", help="A model's ID; else the default for chat.")
    parser.add_argument("--way", choices=WAYS, action="append",
                        help="Ask for SQL, for query expressions by schema (ir), or by examples. "
                        "May be repeated; all by default.")  # fmt: skip


def run(options: dict[str, Any], out: Print, err: Print) -> None:
    """Evaluate, print and keep the results. Raises CommandError."""
    service.ensure_loaded()
    try:
        resolution = _resolved(options["model"])
        ways = options["way"] or (("sql",) if _is_raw(resolution) else WAYS)
        asyncio.run(_evaluate(resolution, tuple(dict.fromkeys(ways)), out, err))
    except PortalError as error:
        raise CommandError(error.message) from None


def _resolved(model: str) -> Resolution:
    known = service.current.find(model) if model else None
    only_sql = known is not None and "chat" not in known.capabilities
    return service.current.resolve("sql" if only_sql else "chat", model)


def _is_raw(resolution: Resolution) -> bool:
    return resolution.model is not None and resolution.model.ref.raw


async def _evaluate(resolution: Resolution, ways: tuple[Way, ...], out: Print, err: Print) -> None:
    try:
        for way in ways:
            score = await evaluate(resolution, way, lambda one: err(_line(one)))
            await _keep(resolution, score)
            out(json.dumps({"model": resolution.id, **_summary(score)}))
        err(f"{resolution.id} is asked: {await measured_way(resolution)}")
    finally:
        await sandbox.close()
        await connections.close()


async def _keep(resolution: Resolution, score: Score) -> None:
    fields = {**_summary(score), "at": timezone.now()}
    key = {"model": resolution.id, "digest": digest_of(resolution), "way": fields.pop("way")}
    await sync_to_async(Evaluation.objects.update_or_create)(**key, defaults=fields)


def _summary(score: Score) -> dict[str, Any]:
    verdicts = {verdict: score.count(verdict) for verdict in ("right", "wrong", "refused")}
    return {"way": score.way, **verdicts, "seconds": round(score.seconds, 1)}


def _line(one: Graded) -> str:
    text = " ".join(one.text.split())
    return f"{one.verdict:8}{one.seconds:6.1f} s  {one.question.ask}  {text}"
