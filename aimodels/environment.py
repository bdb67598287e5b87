"""Reads settings from environment variables, and says what is valid where one is not."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from aimodels.look.colours import colour
from aimodels.look.logo import Logo, logo
from aimodels.look.names import name
from core import smtp


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

    def name(self, var: str, default: str) -> str:
        return str(self.get_value(var, name, default))

    def colour(self, var: str) -> str:
        return str(self.get_value(var, colour, ""))

    def logo(self, var: str) -> Logo | None:
        picture: Logo | None = self.get_value(var, logo, "") or None
        return picture

    def smtp(self, var: str) -> str:
        return str(self.get_value(var, smtp.address, ""))


def has_package(name: str) -> bool:
    """Is a package installed, which only some portals need?"""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # nor what it is in
        return False


_SWITCHES = {"", "1", "true", "yes", "on", "0", "false", "no", "off"}
_EXPECTED = {
    bool: "1 or 0",
    int: "a whole number",
    float: "a number",
    name: "one line of up to 40 characters",
    colour: "a colour such as #0b57d0",
    logo: "the path of an SVG, PNG or WebP file of up to 100 kB",
    smtp.address: "smtp://host:25, smtp+tls://user:password@host:587 or smtps://host:465",
    json.loads: 'JSON, such as {"name": "other name"}',
}
