"""How the page of the reference writes descriptions and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from aimodels.reference.curl import curl
from chat.pages.code import block_to_copy
from chat.pages.markdown import render

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from aimodels.reference.entities import Operation

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return render(text)


@register.filter
def example(operation: Operation, address: str) -> SafeString:
    """Return the call of the operation, to copy."""
    return block_to_copy(curl(operation, address), "bash")
