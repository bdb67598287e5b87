"""Which models see pictures: those with the capability `vision` in models.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence
from core.text import listing
from registry.snapshot.part import part_of

if TYPE_CHECKING:
    from core.access import Access
    from registry.entities import Resolution
    from registry.snapshot import Registry

VISION = "vision"
UNSEEN = _("{model} cannot see pictures, and this conversation has some.")
CHOOSE = _("Choose one that can: {models}.")
NONE = _("No model here can: ask without pictures, in a new conversation.")


def sees(resolution: Resolution) -> bool:
    """Does its model see pictures?"""
    return resolution.model is not None and VISION in resolution.model.capabilities


def check_seen(
    registry: Registry, resolution: Resolution, access: Access, pictures: tuple[str, ...]
) -> None:
    """Raise PortalError if there are pictures, and the model does not see them."""
    if pictures and not sees(resolution):
        title = resolution.model.title if resolution.model else resolution.id
        raise unseen(title, registry, access)


def unseen(title: str, registry: Registry, access: Access) -> PortalError:
    """Return the error for pictures that the model with this title does not see."""
    able = [
        model.title
        for model in part_of(registry, access.models).able("chat", access.groups)
        if VISION in model.capabilities
        and access.clears(local=registry.providers[model.provider].local)
    ]
    remedy = Sentence(CHOOSE, models=listing(able)) if able else Sentence(NONE)
    sentences = [Sentence(UNSEEN, model=title), remedy]
    return PortalError("invalid_request", sentences, param="attachments")
