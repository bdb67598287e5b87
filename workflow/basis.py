"""The basis of a query: a person, one model, two that wrote the same, or one to demonstrate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.errors import PortalError
from registry.model_id import spelled

if TYPE_CHECKING:
    from core.access import Groups
    from registry.entities import Resolution
    from registry.snapshot.registry import Registry

Basis = Literal["confirmed", "compared", "single", "demo"]


def basis_of(author: Resolution | None, other: Resolution | None = None) -> Basis | None:
    """Return the basis of a query by `author`; `other` is one who wrote the same on its own.

    None if no model is known to have written it.
    """
    if author is None:
        return None
    if is_demo(author):
        return "demo"
    if other is None or is_demo(other) or _is_same(author, other):
        return "single"
    return "compared"


def author_named(registry: Registry, model: str | None, groups: Groups | None) -> Resolution | None:
    """Return the model that a caller names as the author of a query; None if none is named.

    Raises PortalError with `param` written_by for one that cannot be.
    """
    try:
        return registry.resolve("chat", model, groups) if model else None
    except PortalError as error:
        raise PortalError(error.code, error.message, param="written_by") from None


def is_demo(resolution: Resolution) -> bool:
    return resolution.model is not None and resolution.model.ref.demo


def _is_same(one: Resolution, other: Resolution) -> bool:
    """Are they one model, though two sections or two servers may list it?"""
    if one.provider.serves and one.provider.name == other.provider.name:
        return True  # a server of one file answers to any name
    return _name(one) == _name(other)


def _name(resolution: Resolution) -> str:
    """Return a model's name without who made it: servers spell that differently, or not at all."""
    return spelled(resolution.name).rpartition("/")[2]
