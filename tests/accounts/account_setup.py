"""A user, and the output of commands, for the tests of accounts."""

from __future__ import annotations

from io import StringIO

import pytest
from axes.utils import reset
from django.contrib.auth.models import User
from django.core.management import call_command


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    reset()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def output_of(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip().splitlines()
