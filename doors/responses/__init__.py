"""
OpenAI's Responses API: POST /v1/responses, without state.

Reference: https://platform.openai.com/docs/api-reference/responses/create
"""

from __future__ import annotations

from doors.responses.answer import answer
from doors.responses.events import ResponseWriter as Writer
from doors.responses.request import read

__all__ = ["NATIVE", "Writer", "answer", "read"]

NATIVE = "responses"
