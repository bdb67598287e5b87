"""A user, and the output of commands, for the tests of accounts."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def output_of(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip().splitlines()


def use(link: str, client: Client | None = None, **more: str) -> HttpResponse:
    """POST what the page of a sign-in link would."""
    path, _, secret = link.partition("#")
    return (client or Client()).post(path, {"secret": secret}, **more)  # type: ignore[arg-type, return-value]


def enter(
    name: str, password: str, address: str = "10.0.0.1", client: Client | None = None
) -> HttpResponse:
    """POST the form of the sign-in page."""
    form = {"username": name, "password": password}
    return (client or Client()).post("/sign-in", form, REMOTE_ADDR=address)  # type: ignore[return-value]
