"""
How near confirmed questions are to a question, by the default model for embeddings.

A vector carries the model that made it, and is only compared with others of that model. What has
none of the model that answers now gets one here, a few at a time. What stays in the house is sent
to local providers only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.access import Access
from core.database.threads import in_threads
from core.errors import PortalError
from registry.gateway import calls
from registry.gateway.marking import marked
from registry.state.service import service
from workflow.confirmed.nearest import closeness, shared_words, to_bytes
from workflow.models import Confirmation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.http.call import Call
    from registry.entities import Resolution

MAX_AT_ONCE = 64  # questions in one call
MAX_SECONDS = 10.0


async def scores(
    question: str, rows: Sequence[Confirmation], access: Access, call: Call
) -> list[float]:
    """Return how near each row is: by vectors if a model for embeddings answers, else by words."""
    try:
        resolution = calls.choose(service.current, "embeddings", "", access)
        return await _by_vectors(question, rows, resolution, call)
    except PortalError:  # none is set up, none may be asked, or it failed
        return [shared_words(question, row.question) for row in rows]


async def _by_vectors(
    question: str, rows: Sequence[Confirmation], resolution: Resolution, call: Call
) -> list[float]:
    by, alone = resolution.id, replace(resolution, fallbacks=())  # whose vectors are others
    lacking = [row for row in rows if _needs(row, resolution)][: MAX_AT_ONCE - 1]
    texts = [question, *(row.question for row in lacking)]
    embeddings = await calls.embed(alone, {"input": texts}, call, wait=MAX_SECONDS)
    vectors = [to_bytes(vector) for vector in embeddings.vectors]
    if len(vectors) != len(texts):
        raise PortalError("provider_error", f"{by} did not return a vector for each text.")
    made = {row.pk: vector for row, vector in zip(lacking, vectors[1:], strict=True) if vector}
    await _keep(made, by)
    return [_score(question, row, vectors[0], by, made) for row in rows]


def _needs(row: Confirmation, resolution: Resolution) -> bool:
    if row.vector and row.embedded_by == resolution.id:
        return False
    return resolution.provider.local or not (
        row.local_only or marked(service.current, Access(), row.question).local_only
    )


def _score(
    question: str, row: Confirmation, vector: bytes, by: str, made: Mapping[int, bytes]
) -> float:
    """Return the cosine, or what words say of a row that has no vector of this model."""
    own = made.get(row.pk) or (bytes(row.vector or b"") if row.embedded_by == by else b"")
    near = closeness(vector, own)
    return shared_words(question, row.question) if near is None else near


def _keep_now(vectors: Mapping[int, bytes], by: str) -> None:
    for pk, vector in vectors.items():
        rows = Confirmation.objects.filter(pk=pk, ended=None)
        rows.update(vector=vector, embedded_by=by)


_keep = in_threads(_keep_now)
