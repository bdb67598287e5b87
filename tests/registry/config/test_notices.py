"""Notices of models.yaml: when they are shown, and to whom."""

from __future__ import annotations

from datetime import datetime

import pytest

from registry import snapshot
from registry.notices import Notice
from tests.registry.config.loading import GOOD, KEY, load


def notice(fields: str) -> Notice:
    config = load(GOOD + f"notices:\n  - {{text: Hello, {fields}}}\n", **KEY)
    return snapshot.build(config).notices[0]


@pytest.mark.parametrize(
    ("fields", "first", "last"),
    [
        ("from: 2026-12-01, until: 2026-12-02", "2026-12-01T00:00", "2026-12-02T23:59"),
        ("from: 2026-12-01T08:00, until: 2026-12-01T09:00", "2026-12-01T08:00", "2026-12-01T08:59"),
        ("until: 2026-12-01", "2000-01-01T00:00", "2026-12-01T23:59"),
    ],
)
def test_a_notice_is_shown_from_its_first_day_through_its_last(
    fields: str, first: str, last: str
) -> None:
    shown, begin, end = notice(fields), datetime.fromisoformat(first), datetime.fromisoformat(last)
    assert shown.is_for(None, begin)
    assert shown.is_for(None, end)
    assert not shown.is_for(None, datetime(2026, 12, 3))
    if "from" in fields:
        assert not shown.is_for(None, datetime(2026, 11, 30, 23, 59))


def test_a_notice_without_times_is_always_shown_to_its_groups() -> None:
    shown, now = notice("groups: [lab], level: warning"), datetime(2026, 1, 1)
    assert shown.level == "warning"
    assert shown.is_for(frozenset({"lab"}), now)
    assert not shown.is_for(frozenset({"law"}), now)
    assert shown.is_for(None, now)
