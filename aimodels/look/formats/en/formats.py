"""Dates that cannot be misread: Django's own of English are American, 11/29/2026."""

from __future__ import annotations

SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
