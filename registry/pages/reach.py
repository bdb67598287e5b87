"""How many people a switch of a default touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Q

if TYPE_CHECKING:
    from registry.entities import Model


class Reach(NamedTuple):
    """Of all `people` who can sign in, `without` may not use the new default."""

    people: int
    without: int


def reach(model: Model | None) -> Reach:
    """Return how many people have `model` as the default from a switch on."""
    active = get_user_model().objects.filter(is_active=True)
    people = active.count()
    if model is None:
        return Reach(people, people)
    if model.allow is None:
        return Reach(people, 0)
    may = active.filter(Q(is_superuser=True) | Q(groups__name__in=model.allow)).distinct()
    return Reach(people, people - may.count())
