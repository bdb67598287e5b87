"""`{% evaluations as results %}` and `{{ results|of:model.id }}`: how well models wrote queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django import template
from django.db import Error
from django.utils.translation import gettext, gettext_lazy

from core.errors import PortalError
from registry.state.service import service
from workflow.evaluation.results import digest_of
from workflow.models import Evaluation

register = template.Library()
WAYS = {
    "sql": gettext_lazy("as SQL {right} of {asked} right, {wrong} wrong though valid"),
    "ir": gettext_lazy("as query expressions {right} of {asked} right, {wrong} wrong though valid"),
    "examples": gettext_lazy(
        "as query expressions by example {right} of {asked} right, {wrong} wrong though valid"
    ),
}
OTHER_WAY = gettext_lazy("{right} of {asked} right, {wrong} wrong though valid")  # of a newer one


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
    sentence = gettext("Questions about data: {results}.")
    return {model: sentence.format(results="; ".join(parts)) for model, parts in found.items()}


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
    words = WAYS.get(result.way, OTHER_WAY)
    return words.format(right=result.right, asked=result.asked, wrong=result.wrong)
