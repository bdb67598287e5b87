"""Fields of requests that do not fit: the error says what fits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest

from core.errors import PortalError
from core.http.body import check_types


class Body(msgspec.Struct, forbid_unknown_fields=True):
    mode: Literal["auto", "model"] = "auto"
    other: Literal["one", "two"] | None = None
    number: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=8)] = "a"
    texts: list[Annotated[str, msgspec.Meta(max_length=2)]] = []
    few: Annotated[list[int], msgspec.Meta(max_length=2)] = []


@pytest.mark.parametrize(
    ("value", "message", "param"),
    [
        ({"mode": "kompile"}, "mode: It must be one of auto, model, not 'kompile'.", "mode"),
        ({"other": "x"}, "other: It must be one of one, two, not 'x'.", "other"),
        ({"number": 9}, "number: It must be a whole number of at most 5.", "number"),
        ({"number": -1}, "number: It must be a whole number of at least 0.", "number"),
        ({"text": ""}, "text: It must have at least 1 characters.", "text"),
        ({"text": "123456789"}, "text: It must have at most 8 characters.", "text"),
        ({"texts": ["a", "123"]}, "texts[1]: It must have at most 2 characters.", "texts[1]"),
        ({"few": [1, 2, 3]}, "few: It must have at most 2 entries.", "few"),
        ({"number": "1"}, "number: Expected `int`, got `str`.", "number"),
        ({"x": 1}, "Object contains unknown field `x`.", "x"),
    ],
)
def test_an_error_says_what_fits(value: dict[str, Any], message: str, param: str) -> None:
    with pytest.raises(PortalError) as caught:
        check_types(value, Body)
    assert (caught.value.message, caught.value.param) == (message, param)
