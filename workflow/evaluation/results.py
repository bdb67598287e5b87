"""The results of evaluations: kept per model, and what they say of how it is asked best."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import Error

from core.database.threads import in_time
from registry.weights.places import hash_of
from workflow.evaluation.questions import questions_digest
from workflow.models import Evaluation
from workflow.pipeline.forms import Way

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.entities import Resolution

MARGIN = 4  # more right answers: with fewer, another way may be better by chance
_ASKED = {"capabilities", "title", "description", "price", "allow", "fallback", "asks", "demo",
          "deprecated", "replacement", "timeout", "first_byte", "id", "tokenizer"}  # fmt: skip


def digest_of(resolution: Resolution) -> str:
    """Return a digest of the questions, the model's server or file, and how the model is asked."""
    model, provider = resolution.model, resolution.provider
    asked = model.ref.model_dump_json(exclude=_ASKED) if model else ""
    weights = hash_of(provider.weights) if provider.weights else ""
    parts = (questions_digest(), provider.endpoint.base_url, resolution.name, asked, weights)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def results_of(resolution: Resolution) -> QuerySet[Evaluation]:
    """Return the results of a model as it is asked now."""
    return Evaluation.objects.filter(model=resolution.id, digest=digest_of(resolution))


async def measured_way(resolution: Resolution) -> Way:
    """Return how a model is asked best, as far as that was measured: by default for SQL."""
    rights: dict[Way, int] = {}
    with suppress(Error):  # without the database, as if nothing was measured
        rights = await in_time(_rights(results_of(resolution)))
    return best_way(rights)


async def _rights(results: QuerySet[Evaluation]) -> dict[Way, int]:
    return {row.way: row.right async for row in results}  # type: ignore[misc]  # a column is a str


def best_way(rights: dict[Way, int]) -> Way:
    """Return the way with the most right answers, SQL unless another is clearly better."""
    least = rights.get("sql", 0) + MARGIN
    better: Iterable[Way] = (way for way in rights if "sql" in rights and rights[way] >= least)
    return max(better, key=lambda way: rights[way], default="sql")
