"""How logs look, as text and as JSON, and the line that JSON has for each request."""

from __future__ import annotations

from core.logs.formatters import JSONFormatter, LineFormatter

__all__ = ["JSONFormatter", "LineFormatter"]
