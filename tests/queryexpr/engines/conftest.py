from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.queryexpr.engines.servers import Engines


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """SQLite, DuckDB, Postgres and MariaDB; those that are asked run until the tests end."""
    with ExitStack() as stack:
        yield Engines(stack)
