"""Saved prompts: those of models.yaml, one's own, and those that others share with one's groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from chat.models import Prompt
from core.access import may_use
from core.groups import shared_with as in_groups_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from core.access import Groups
    from registry.config.beside import PromptConfig
    from registry.snapshot import Registry

MAX_PROMPTS = 200  # of one person


@dataclass(frozen=True, slots=True)
class Offer:
    """A prompt as the chat page offers it; `origin` says whose it is."""

    title: str
    text: str
    origin: str


def of_file(registry: Registry, groups: Groups | None) -> list[PromptConfig]:
    """Return the prompts of models.yaml that members of `groups` are offered."""
    return [prompt for prompt in registry.prompts if may_use(_allow(prompt), groups)]


def shared_with(user: User) -> QuerySet[Prompt]:
    """Return the prompts of others that `user` may use."""
    rows = Prompt.objects.filter(in_groups_of(user))
    return rows.exclude(user=user).select_related("user").distinct()


def offers(registry: Registry, user: User, groups: Groups | None) -> list[Offer]:
    """Return all prompts that `user` may use: the own ones first."""
    own = [Offer(row.title, row.text, gettext("mine")) for row in Prompt.objects.filter(user=user)]
    others = [Offer(row.title, row.text, row.user.get_username()) for row in shared_with(user)]
    of_all = [Offer(prompt.title, prompt.text, "") for prompt in of_file(registry, groups)]
    return [*own, *of_all, *others]


def _allow(prompt: PromptConfig) -> Groups | None:
    return None if prompt.groups is None else frozenset(prompt.groups)
