"""
JSON Schemas for Anthropic's structured outputs, which take a part of JSON Schema.

Objects are closed. A constraint that the API rejects becomes part of the description, as in
Anthropic's own clients, and its name is returned, so that the answer reports it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from registry.providers.requested import refused

TAKEN = frozenset({"type", "enum", "const", "required", "title", "description", "default", "$ref"})
SCHEMAS = frozenset({"properties", "$defs", "definitions"})  # of names → schemas
LISTS = {"anyOf": "anyOf", "oneOf": "anyOf", "allOf": "allOf"}
NOTES = frozenset({"$schema", "$id", "$comment", "additionalProperties"})
FORMATS = frozenset({
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
})  # fmt: skip
MAX_DEPTH = 100


def narrowed(schema: dict[str, Any], param: str) -> tuple[dict[str, Any], list[str]]:
    """Return a schema that the API takes, and the names of the constraints that it lost.

    Raises PortalError about the field `param` for an object with free keys.
    """
    lost: dict[str, None] = {}
    return _schema(schema, param, lost, 0), list(lost)


def _schema(schema: Any, param: str, lost: dict[str, None], depth: int) -> Any:
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return schema
    kept: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for name, value in schema.items():
        if name in SCHEMAS and isinstance(value, dict):
            kept[name] = {k: _schema(item, param, lost, depth + 1) for k, item in value.items()}
        elif name in LISTS and isinstance(value, list):
            kept[LISTS[name]] = [_schema(item, param, lost, depth + 1) for item in value]
        elif name == "items":
            kept[name] = _schema(value, param, lost, depth + 1)
        elif _is_taken(name, value):
            kept[name] = value
        elif name not in NOTES:
            words[name] = value
    if schema.get("type") == "object":
        kept["additionalProperties"] = _closed(schema, param)
    return _with_words(kept, words, lost) if words else kept


def _closed(schema: dict[str, Any], param: str) -> bool:
    """Return false: no further keys. Raises PortalError if they are all that the object has."""
    further = schema.get("additionalProperties", True)
    if isinstance(further, dict) or (further and not schema.get("properties")):
        raise refused(
            f"{param}: Anthropic's API takes no objects with free keys. Name the properties of "
            "each object, with additionalProperties: false.",
            param,
        )
    return False


def _is_taken(name: str, value: Any) -> bool:
    if name == "format":
        return value in FORMATS
    return name in TAKEN or (name == "minItems" and value in (0, 1))


def _with_words(kept: dict[str, Any], words: dict[str, Any], lost: dict[str, None]) -> Any:
    """Return the schema with `words` in its description."""
    lost.update(dict.fromkeys(words))
    text = ", ".join(f"{name}: {msgspec.json.encode(v).decode()}" for name, v in words.items())
    before = f"{kept['description']}\n\n" if kept.get("description") else ""
    return {**kept, "description": f"{before}{{{text}}}"}
