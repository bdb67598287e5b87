"""`{% evaluations as results %}` and `{{ results|of:model.id }}`: how well models wrote queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django import template
from django.db import Error

from core.errors import PortalError
from registry.state.service import service
from workflow.evaluation.results import digest_of
from workflow.models import Evaluation

register = template.Library()
WAYS = {
    "sql": "as SQL",
    "ir": "as query expressions",
    "examples": "as query expressions by example",
}


@register.simple_tag
def evaluations() -> dict[str, str]:
    """Return a sentence about each model with a result that still counts, by its ID."""
    found: dict[str, list[str]] = defaultdict(list)
    try:
        for result in Evaluation.objects.all():
            if result.digest == _digest(result.model):
                found[result.model].append(_words(result))
    except Error:  # the page has more to show
        return {}
    return {model: f"Questions about data: {'; '.join(parts)}." for model, parts in found.items()}


@register.filter
def of(results: Mapping[str, str], model: str) -> str:
    return results.get(model, "")


def _digest(model_id: str) -> str:
    """Return what a model's results have now; empty if it is gone."""
    registry = service.current
    model = registry.find(model_id)
    if model is None:
        return ""
    try:
        return digest_of(registry.resolve(model.capabilities[0], model.id))
    except PortalError:
        return ""


def _words(result: Evaluation) -> str:
    way = WAYS.get(result.way, result.way)
    return f"{way} {result.right} of {result.asked} right, {result.wrong} wrong though valid"
