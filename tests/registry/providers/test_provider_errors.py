"""Refusals that providers send, from `data/refusals.yaml`, and what the portal makes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from core.errors import CODES
from registry.providers import errors, openai
from registry.providers.errors import DEFAULT_PAUSE
from tests.support.paths import ROOT

TABLE = yaml.safe_load((ROOT / "tests/data/refusals.yaml").read_text())
ROWS = [(code, row) for code, rows in TABLE.items() for row in rows]
ALWAYS_PAUSE = ("provider_rate_limited", "overloaded", "model_loading")


def body(row: dict[str, Any]) -> bytes:
    value = row["body"]
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def refused(row: dict[str, Any]) -> Any:
    """Return the error for a row. One with status 200 is an answer that holds an error."""
    if row["status"] == 200:
        return errors.in_answer(row["body"])
    return openai.read_error(row["status"], row.get("headers", {}), body(row))


@pytest.mark.parametrize(
    ("code", "row"), ROWS, ids=[f"{row['who']} {row['status']}" for _, row in ROWS]
)
def test_a_refusal_has_the_code_of_its_reason(code: str, row: dict[str, Any]) -> None:
    error = refused(row)
    assert error.code == code
    assert error.retry == row.get("retry", CODES[code].retry)
    assert error.retry_after == row.get("after", DEFAULT_PAUSE if code in ALWAYS_PAUSE else None)
    assert error.param == row.get("param", error.param)
    assert "\n" not in error.message
    if part := row.get("says"):
        assert part in error.message
        assert part in error.provider["message"]
    if secret := row.get("hides"):
        assert secret not in error.message + str(error.provider)
    assert ("/v1" in error.message) == row.get("address", False)
