"""What a running portal deletes of accounts."""

from __future__ import annotations

from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.servers.cluster import until

OLD = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Event, FailureCount
old = timezone.now() - timedelta(days=200)
FailureCount.objects.create(name="old", due=old, until=old)
Event.objects.create(kind="refused", username="old", at=old, last=old)
"""


def test_old_rows_are_deleted_when_the_portal_starts(own_portal: Portal) -> None:
    own_portal.manage("shell", "-c", OLD)

    def count() -> int:
        tables = (("accounts_failurecount", "name"), ("accounts_event", "username"))
        queries = (f"SELECT 1 FROM {table} WHERE {column} = 'old'" for table, column in tables)
        return sum(len(databases.rows(own_portal, query)) for query in queries)

    assert count() == 2
    own_portal.start()
    own_portal.chat()  # the first request starts the threads beside requests
    until(lambda: count() == 0, 10)
