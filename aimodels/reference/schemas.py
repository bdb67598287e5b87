"""The schemas of a document: their references, their variants and the names of their types."""

from __future__ import annotations

import json
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Schema = dict[str, Any]
NAMES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number",
                          type(None): "null", list: "array", dict: "object"}  # fmt: skip


class Schemas:
    """Looks up references. One that leads nowhere, or in a circle, is a schema of anything."""

    def __init__(self, document: Schema) -> None:
        self._document = document

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema that is meant; what is written beside a reference replaces its own."""
        seen: set[str] = set()
        while reference := schema.get("$ref"):
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {} if reference in seen else {**self._target(reference), **beside}
            seen.add(reference)
        return schema

    def _target(self, reference: str) -> Schema:
        place: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            place = place.get(step.replace("~1", "/").replace("~0", "~"), {})
        return dict(place)


def variants(schema: Schema) -> list[Schema]:
    """Return the schemas of which a value has one, or all."""
    return [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]


def description_of(schema: Schema) -> str:
    return cleandoc(schema.get("description", ""))


def name_of(schema: Schema) -> str:
    """Return the name of a component, or an empty text."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def type_of(schema: Schema) -> str:
    """Return the type in words: `string or null`, `array of Message`."""
    if name := name_of(schema):
        return name
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return _listed(map(type_of, parts), " or ")
    if parts := schema.get("allOf"):
        return _listed(map(type_of, parts), " and ")
    kinds = schema.get("type") or [NAMES[type(value)] for value in values_of(schema)]
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return _listed((_one(kind, schema) for kind in kinds), " or ") or "anything"


def values_of(schema: Schema) -> list[Any]:
    """Return the only values that the schema allows; none if it allows others."""
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _one(kind: str, schema: Schema) -> str:
    if kind == "array" and (items := schema.get("items")):
        inner = type_of(items)
        return f"array of ({inner})" if " or " in inner else f"array of {inner}"
    if kind == "object" and (values := schema.get("additionalProperties")) not in (
        None,
        True,
        False,
    ):
        return f"map to {type_of(values)}" if values else "object"
    return kind


def _listed(names: Iterable[str], between: str) -> str:
    return between.join(dict.fromkeys(names))


def text_of(value: Any) -> str:
    """Return a value as a reader would type it: a text without quotes."""
    return value if isinstance(value, str) and value else json.dumps(value)
