"""An operation as a call of curl, to copy."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimodels.reference.entities import Body, Operation

MAX_LINE = 80  # characters of JSON on one line
FORM = "multipart/form-data"
FILE = "@recording.wav"  # what forms have is sound


def curl(operation: Operation, address: str) -> str:
    """Return the call at `address`. The token and what the address needs are variables."""
    path = re.sub(r"\{(\w+)\}", lambda match: f"${match[1].upper()}", operation.path)
    lines = [f'curl "{address}{path}{_query(operation)}"', *_method(operation)]
    lines += ['-H "Authorization: Bearer $TOKEN"', *_body(operation.body)]
    return " \\\n  ".join(lines)


def _query(operation: Operation) -> str:
    """Return the parameters that the address needs."""
    names = [p.field.name for p in operation.parameters if p.place == "query" and p.field.required]
    return "?" + "&".join(f"{name}=${name.upper()}" for name in names) if names else ""


def _method(operation: Operation) -> list[str]:
    """Return the option for a method that curl would not choose."""
    usual = "POST" if operation.body else "GET"
    return [] if operation.method == usual else [f"-X {operation.method}"]


def _body(body: Body | None) -> Iterator[str]:
    if body is None:
        return
    if body.media_type == FORM:
        yield from (
            f"-F {name}={shlex.quote(value or FILE)}" for name, value in body.example.items()
        )
        return
    yield f'-H "Content-Type: {body.media_type}"'
    yield f"-d {shlex.quote(_json(body.example))}"


def _json(value: object) -> str:
    """Return JSON: on one line, or with a line for each field if that is long."""
    line = json.dumps(value)
    if len(line) <= MAX_LINE or not isinstance(value, dict):
        return line
    fields = (f"  {json.dumps(name)}: {json.dumps(inside)}" for name, inside in value.items())
    return "{\n" + ",\n".join(fields) + "\n}"
