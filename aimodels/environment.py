"""Reads settings from environment variables, and says what is valid where one is not."""

from __future__ import annotations

import json
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class Env(environ.Env):  # type: ignore[misc]  # the package has no types
    """Names the variable in the error for an invalid value, and what would be valid."""

    def get_value(self, var: str, cast: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            if cast is bool and self.ENVIRON.get(var, "").lower() not in _SWITCHES:
                raise ValueError  # the package would read any other word as "no"
            return super().get_value(var, cast, *args, **kwargs)
        except ValueError:
            expected = _EXPECTED.get(cast, "another value")
            message = f"The variable {var} is not valid: write {expected}."
            raise ImproperlyConfigured(message) from None


_SWITCHES = {"", "1", "true", "yes", "on", "0", "false", "no", "off"}
_EXPECTED = {
    bool: "1 or 0",
    int: "a whole number",
    float: "a number",
    json.loads: 'JSON, such as {"name": "other name"}',
}
