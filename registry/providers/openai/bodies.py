"""What all calls of OpenAI's format share: the model's options in requests, errors in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.providers import errors
from registry.providers.error_body import read_value, says_something
from registry.providers.reading import bad_response, decode_any

if TYPE_CHECKING:
    from registry.providers.wire import Body, Target

ALIASES = (("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens"))


def merged(target: Target, body: Body) -> Body:
    """Return the file's options and the caller's fields, which win; also under their other name."""
    options = dict(target.options)
    for one, other in ALIASES:
        if body.get(one) is not None and other not in body:
            options.pop(other, None)
    return {**options, **body, "model": target.name}


def without_nulls(target: Target, payload: Body) -> Body:
    """Leave out the fields that models.yaml sets to null."""
    removed = [name for name, value in target.options.items() if value is None]
    return {k: v for k, v in payload.items() if k not in removed} if removed else payload


def checked(data: bytes) -> Body:
    """Return the JSON object in `data`. Raises the error in the body of a 200, if there is one."""
    answer = decode_any(data)
    if isinstance(answer, str):  # some gateways encode it twice
        answer = decode_any(answer.encode())
    if isinstance(answer, list) and answer and read_value(answer).message:
        raise errors.in_answer(answer)  # Google's errors are in a list
    if not isinstance(answer, dict):
        raise bad_response("it is not a JSON object")
    if says_something(answer.get("error")) or answer.get("object") == "error":
        raise errors.in_answer(answer)
    return answer
