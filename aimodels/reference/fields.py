"""The fields of a schema, and of the objects in it: one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimodels.reference.entities import Field
from aimodels.reference.schemas import (
    description_of,
    name_of,
    text_of,
    type_of,
    values_of,
    variants,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimodels.reference.schemas import Schema, Schemas

MAX_DEPTH = 5  # objects in objects
LIMITS = ("format", "pattern", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum",
          "multipleOf", "minLength", "maxLength", "minItems", "maxItems")  # fmt: skip
EMPTY: tuple[object, ...] = (
    None,
    [],
    {},
)  # defaults that say no more than that a field is optional


def fields_of(schema: Schema, schemas: Schemas) -> tuple[Field, ...]:
    """Return the fields of all objects in `schema`, each behind the one that it is in.

    What contains itself is not opened again, and nothing is below MAX_DEPTH.
    """
    return tuple(_within(schema, "", (), schemas))


def field_of(
    name: str, schema: Schema, schemas: Schemas, *, path: str = "", required: bool = False
) -> Field:
    """Return the row of one field, without what is in it."""
    parts = [schemas.resolve(part) for part in _alternatives(schema, schemas)]
    whole = schemas.resolve(schema)
    return Field(
        path=path,
        name=name,
        type=type_of(schema),
        required=required,
        description=description_of(whole),
        values=tuple(text_of(value) for part in parts for value in values_of(part)),
        limits=tuple(limit for part in parts for limit in _limits(part)) + _default(whole),
    )


def _within(
    schema: Schema, path: str, opened: tuple[str, ...], schemas: Schemas
) -> Iterator[Field]:
    name = name_of(schema)
    if name in opened or len(opened) >= MAX_DEPTH:
        return
    whole = schemas.resolve(schema)
    if isinstance(items := whole.get("items"), dict):
        yield from _within(items, f"{path}[]", opened, schemas)
    if isinstance(values := whole.get("additionalProperties"), dict):
        yield from _within(values, f"{path}.*" if path else "*", opened, schemas)
    for part, place in _places(whole, path, schemas):
        yield from _within(part, place, (*opened, name) if name else opened, schemas)
    inside = f"{path}." if path else ""
    for key, value in whole.get("properties", {}).items():
        required = key in whole.get("required", ())
        yield field_of(key, value, schemas, path=inside, required=required)
        yield from _within(value, inside + key, (*opened, name or inside + key), schemas)


def _places(schema: Schema, path: str, schemas: Schemas) -> Iterator[tuple[Schema, str]]:
    """Yield each variant with its path, which names the variant if several have fields."""
    parts = variants(schema)
    objects = [part for part in parts if "properties" in schemas.resolve(part)]
    several = len(objects) > 1 and "allOf" not in schema
    for part in parts:
        label = f" ({part.get('title') or type_of(part)})" if several else ""
        yield part, f"{path}{label}".strip()


def _alternatives(schema: Schema, schemas: Schemas) -> Iterator[Schema]:
    """Yield the schema, its variants, and the items of an array that has but some values."""
    whole = schemas.resolve(schema)
    yield whole
    yield from variants(whole)
    if values_of(items := schemas.resolve(whole.get("items") or {})):
        yield items


def _limits(schema: Schema) -> Iterator[str]:
    for key in LIMITS:
        if key in schema:
            yield f"{key}: {text_of(schema[key])}"


def _default(schema: Schema) -> tuple[str, ...]:
    default = schema.get("default")
    return () if default in EMPTY else (f"default: {text_of(default)}",)
