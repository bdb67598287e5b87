"""
Pages of providers' APIs of usage and costs → lines. Pure.

OpenAI: /v1/organization/usage/… and /v1/organization/costs. Anthropic:
/v1/organizations/usage_report/messages and /v1/organizations/cost_report, whose amounts are cents.
A file has one page, several in a list, or one after another on lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from ledger.reconcile.figures import Export, Figures, Line, UnreadableError
from ledger.reconcile.numbers import MAX_DIGITS
from ledger.reconcile.tables import model_of, read_day

COVERS = {
    "organization.usage.completions.result": {"chat", "sql"},
    "organization.usage.embeddings.result": {"embeddings"},
    "organization.usage.images.result": {"image_generation"},
    "organization.usage.audio_transcriptions.result": {"transcription", "translation"},
}
OPENAI = {
    "requests": "num_model_requests",
    "input": "input_tokens",
    "cached": "input_cached_tokens",
    "output": "output_tokens",
    "written": "input_cache_write_tokens",
}
CENTS = 100
NO_PAGE = "It has no page with `data`: a list of buckets, each with `results`."
Result = dict[str, Any]


def read_pages(text: str) -> Export:
    """Return the lines of pages as JSON. Raises UnreadableError."""
    lines: list[Line] = []
    provider, kinds = "", set[str]()
    try:
        for bucket in _buckets(_decoded(text)):
            ours = "starting_at" in bucket
            provider = "anthropic" if ours else "openai"
            day = read_day(str(bucket["starting_at" if ours else "start_time"]))
            for result in bucket.get("results") or bucket.get("result") or ():
                lines.append((_anthropic if ours else _openai)(day, result))
                kinds.add(str(result.get("object", "")))
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation, RecursionError):
        raise UnreadableError(NO_PAGE) from None
    return Export(tuple(lines), provider, _covered(kinds))


def _decoded(text: str) -> list[Any]:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = [msgspec.json.decode(line) for line in text.splitlines() if line.strip()]
    return value if isinstance(value, list) else [value]


def _buckets(pages: list[Any]) -> Iterator[Any]:
    for page in pages:
        yield from page["data"]


def _covered(kinds: Iterable[str]) -> frozenset[str]:
    known = [COVERS.get(kind) for kind in kinds]
    return frozenset().union(*(names or () for names in known)) if all(known) else frozenset()


def _openai(day: date, result: Result) -> Line:
    amount = result.get("amount") or {}
    cost = _number(amount["value"]) if amount else None
    counts = {field: _count(result.get(name)) for field, name in OPENAI.items()}
    figures = Figures(**counts, cost=cost, currency=str(amount.get("currency", "")).upper())
    model = model_of(str(result.get("model") or result.get("line_item") or ""))
    return Line(day, model, figures, result.get("api_key_id") or result.get("project_id") or "")


def _anthropic(day: date, result: Result) -> Line:
    key = result.get("api_key_id") or result.get("workspace_id") or ""
    model = str(result.get("model") or "")
    if "amount" in result:
        cost, currency = _number(result["amount"]) / CENTS, str(result["currency"]).upper()
        return Line(day, model, Figures(cost=cost, currency=currency), key)
    cached = result.get("cache_read_input_tokens") or 0
    written = sum((result.get("cache_creation") or {}).values())
    given, output = result["uncached_input_tokens"] + cached + written, result["output_tokens"]
    given, cached, output, written = map(_count, (given, cached, output, written))
    return Line(day, model, Figures(None, given, cached, output, written), key)


def _count(value: Any) -> int | None:
    """Return a count. Raises TypeError if it is no integer."""
    if value is not None and type(value) is not int:
        raise TypeError(value)
    return value


def _number(value: Any) -> Decimal:
    """Return an amount. Raises ValueError and InvalidOperation if it is none."""
    number = Decimal(str(value))
    if not number.is_finite() or (number and number.adjusted() > MAX_DIGITS):
        raise ValueError(value)
    return number
