"""The OpenAPI document, made once: routes do not change while the portal runs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from aimodels.reference.operations import read

if TYPE_CHECKING:
    from aimodels.reference.entities import Reference
    from aimodels.reference.schemas import Schema


@cache
def document() -> Schema:
    """Return what the route of the schema serves. It is the same for everyone, and English."""
    with translation.override(settings.LANGUAGE_CODE):
        schema: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


@cache
def reference() -> Reference:
    return read(document())
