"""The accounts of the people whose calls tests write into journals."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection

PEOPLE = range(1, 10)


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        return
    request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
    User.objects.bulk_create(User(pk=pk, username=f"person-{pk}") for pk in PEOPLE)
    with connection.cursor() as cursor:  # the next account gets the next number
        for sql in connection.ops.sequence_reset_sql(no_style(), [User]):
            cursor.execute(sql)
