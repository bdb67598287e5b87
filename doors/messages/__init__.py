"""
Anthropic's Messages API: POST /v1/messages.

Reference: https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from doors.messages.answer import answer
from doors.messages.events import MessageWriter as Writer
from doors.messages.request import read

__all__ = ["NATIVE", "Writer", "answer", "read"]

NATIVE = "anthropic"
