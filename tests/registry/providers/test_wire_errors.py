"""How a provider's error responses become the portal's error codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from registry.providers import WIRES, openai

STATUSES = [
    ("openai", 400, {"error": {"message": "no"}}, "provider_rejected"),
    ("openai", 422, {"detail": "no"}, "provider_rejected"),
    (
        "openai",
        400,
        {"error": {"message": "x", "code": "context_length_exceeded"}},
        "context_length_exceeded",
    ),
    (
        "openai",
        400,
        {"error": {"message": "x", "type": "exceed_context_size_error"}},
        "context_length_exceeded",
    ),
    ("openai", 401, {"error": {"message": "Incorrect API key: sk-1"}}, "provider_auth_failed"),
    ("openai", 403, {}, "provider_auth_failed"),
    ("openai", 404, {"error": {"message": "no model"}}, "provider_model_missing"),
    ("openai", 429, {"error": {"message": "slow"}}, "provider_rate_limited"),
    ("openai", 429, {"error": {"code": "insufficient_quota"}}, "provider_quota_exhausted"),
    ("openai", 500, {}, "provider_error"),
    (
        "openai",
        503,
        {"error": {"message": "Loading model", "type": "unavailable_error"}},
        "model_loading",
    ),
    ("openai", 503, {}, "overloaded"),
    ("openai", 504, {}, "provider_timeout"),
    ("ollama", 404, {"error": "model 'x' not found"}, "provider_model_missing"),
    (
        "ollama",
        400,
        {"error": "input length exceeds the context length"},
        "context_length_exceeded",
    ),
    ("ollama", 503, {"error": "server busy, please try again"}, "overloaded"),
    ("ollama", 500, {"error": {"odd": 1}}, "provider_error"),
    *(
        (
            "anthropic",
            status,
            {"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"},
            code,
        )
        for status, kind, words, code in (
            (400, "invalid_request_error", "temperature: range: 0..1", "provider_rejected"),
            (
                400,
                "invalid_request_error",
                "max_tokens: 200000 > 64000, which is the maximum allowed number "
                "of output tokens for x",
                "provider_rejected",
            ),
            (
                400,
                "invalid_request_error",
                "prompt is too long: 209353 tokens > 200000 maximum",
                "context_length_exceeded",
            ),
            (
                400,
                "invalid_request_error",
                "Output blocked by content filtering policy",
                "content_filter",
            ),
            (
                400,
                "invalid_request_error",
                "Your credit balance is too low to access the API",
                "provider_quota_exhausted",
            ),
            (401, "authentication_error", "invalid x-api-key sk-1", "provider_auth_failed"),
            (
                402,
                "billing_error",
                "There is an issue with your billing",
                "provider_quota_exhausted",
            ),
            (
                403,
                "permission_error",
                "Your API key does not have permission",
                "provider_auth_failed",
            ),
            (404, "not_found_error", "model: x", "provider_model_missing"),
            (404, "not_found_error", "Not Found", "provider_model_missing"),
            (413, "request_too_large", "Request exceeds the maximum size", "provider_rejected"),
            (
                429,
                "rate_limit_error",
                "This request would exceed your organization's rate limit of 40,000 "
                "input tokens per minute",
                "provider_rate_limited",
            ),
            (500, "api_error", "Internal server error", "provider_error"),
            (504, "timeout_error", "Request timed out", "provider_timeout"),
            (529, "overloaded_error", "Overloaded", "overloaded"),
        )
    ),
]


@pytest.mark.parametrize(("wire", "status", "body", "code"), STATUSES)
def test_a_status_becomes_a_code(wire: str, status: int, body: Any, code: str) -> None:
    error = WIRES[wire].read_error(status, {}, json.dumps(body).encode())
    assert error.code == code
    assert "sk-1" not in error.message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("-4", 2), ("1000000000", 86_400), ("soon", 2), ("", 2),
     ("Wed, 21 Oct 2026 07:28:09 GMT", 9), ("Wed, 21 Oct 2020 07:28:00 GMT", 1)],
)  # fmt: skip
def test_retry_after_is_limited(header: str, seconds: int) -> None:
    headers = {"retry-after": header, "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert openai.read_error(429, headers, b"").retry_after == seconds


def test_a_providers_message_becomes_one_clean_line() -> None:
    words = "bad\r\nX: y \x1b[31m Bearer abcdef sk-proj-12345678"
    error = openai.read_error(400, {}, json.dumps({"error": {"message": words}}).encode())
    assert error.message == "The provider refused the request: bad X: y [31m [hidden] [hidden]"
