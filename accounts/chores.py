"""What housekeeping deletes of this app's tables."""

from __future__ import annotations

from accounts import record, throttle

CHORES = (throttle.delete_old, record.delete_old)
