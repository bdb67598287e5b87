"""`{% model_select "chat" %}`: the dropdown of the models that can chat, on any page."""

from __future__ import annotations

from typing import Any

from django import template

from registry.choices import choices
from registry.service import service
from registry.site import groups_of

register = template.Library()


@register.inclusion_tag("registry/_model_select.html", takes_context=True)
def model_select(context: dict[str, Any], capability: str) -> dict[str, Any]:
    """Show the models that have `capability` and that this page's user may use."""
    return {"choices": choices(service.current, capability, groups_of(context["request"]))}
