"""What the fields of the plain ASGI routes mean. The serializers of DRF have their own texts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

FILE = Path(__file__).with_suffix(".yaml")


@cache
def _texts() -> dict[str, dict[str, str]]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, dict[str, str]])


def described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema `name` with a description of each field, also of objects inside."""
    texts = {**_texts()["any"], **_texts().get(name, {})}
    return _described(schema, texts)


def _described(schema: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    fields = schema.get("properties")
    if not fields:
        return schema
    known = {
        field: {"description": texts[field], **_described(part, texts)} if field in texts else part
        for field, part in fields.items()
    }
    return {**schema, "properties": known}
