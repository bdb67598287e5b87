"""
All errors that people see: two exceptions and one table.

    PortalError     a request failed; `code` says why, CODES has its HTTP status
    ConfigError     a configuration file is invalid; holds every problem in it

`core.http.envelope` turns a PortalError into an HTTP response. The codes are part of the API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Kind(NamedTuple):
    """A code's HTTP status, OpenAI's name for its class, and whether a retry may succeed."""

    status: int
    type: str
    retry: bool = False


CODES: dict[str, Kind] = {
    # the caller's
    "invalid_request": Kind(400, "invalid_request_error"),
    "provider_rejected": Kind(400, "invalid_request_error"),
    "context_length_exceeded": Kind(400, "invalid_request_error"),
    "content_filter": Kind(400, "invalid_request_error"),
    "unauthenticated": Kind(401, "authentication_error"),
    "permission_denied": Kind(403, "permission_error"),
    "address_not_allowed": Kind(403, "permission_error"),
    "not_found": Kind(404, "invalid_request_error"),
    "model_not_found": Kind(404, "invalid_request_error"),
    "provider_not_found": Kind(404, "invalid_request_error"),
    "method_not_allowed": Kind(405, "invalid_request_error"),
    "reader_stalled": Kind(408, "invalid_request_error"),
    "no_default": Kind(409, "invalid_request_error"),
    "busy": Kind(409, "invalid_request_error", retry=True),
    "model_deprecated": Kind(409, "invalid_request_error"),
    "precondition_failed": Kind(412, "invalid_request_error"),
    "payload_too_large": Kind(413, "invalid_request_error"),
    "unsupported_media_type": Kind(415, "invalid_request_error"),
    "models_file_invalid": Kind(422, "invalid_request_error"),
    "capability_not_supported": Kind(422, "invalid_request_error"),
    "rate_limited": Kind(429, "rate_limit_error", retry=True),
    "budget_exceeded": Kind(429, "insufficient_quota"),
    # ours
    "internal_error": Kind(500, "server_error"),
    "overloaded": Kind(503, "server_error", retry=True),
    "server_restarting": Kind(503, "server_error", retry=True),
    "store_unavailable": Kind(503, "server_error", retry=True),
    # the provider's
    "loop_detected": Kind(508, "server_error"),
    "provider_error": Kind(502, "server_error", retry=True),
    "provider_bad_response": Kind(502, "server_error", retry=True),
    "provider_unreachable": Kind(502, "server_error", retry=True),
    "provider_auth_failed": Kind(502, "server_error"),
    "provider_model_missing": Kind(502, "server_error"),
    "provider_timeout": Kind(504, "server_error", retry=True),
    "provider_rate_limited": Kind(429, "rate_limit_error", retry=True),
    "provider_quota_exhausted": Kind(503, "server_error"),
    "provider_unconfigured": Kind(503, "server_error"),
    "model_loading": Kind(503, "server_error", retry=True),
}


class Sentence:
    """An English sentence, with `{name}` for each of `values`: texts, numbers, or lists of texts.

    `shown` returns it as `translate` has it, which gets the sentence and the texts of lists.
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.shown(str)

    def shown(self, translate: Callable[[str], str]) -> str:
        if not self.values:
            return translate(self.text) if self.text else ""
        values = {
            name: ", ".join(map(translate, value)) if isinstance(value, list) else value
            for name, value in self.values.items()
        }
        return translate(self.text).format(**values)


class PortalError(Exception):
    """
    A request that failed.

    `message` is English for the caller, and never contains a secret. It is given as text, or as
    `sentences` that `core.plain_errors` translates for pages. `param` names the field at
    fault. `retry_after` is in seconds. `retry` overrides the code's own answer to whether a retry
    may succeed. `provider` is what the provider said: status, code, type, param and message.
    `resolution` is set by the code that resolved the model. `repeat_after` is set if the provider
    did nothing with the request: after so many seconds it may be sent again.
    """

    def __init__(
        self,
        code: str,
        message: str | list[Sentence],
        *,
        param: str | None = None,
        retry_after: int | None = None,
        retry: bool | None = None,
        provider: dict[str, Any] | None = None,
    ) -> None:
        self.sentences = [Sentence(message)] if isinstance(message, str) else message
        self.message = " ".join(map(str, self.sentences))
        super().__init__(self.message)
        self.code = code
        self.param = param
        self.retry_after = retry_after
        self.provider = provider
        self.resolution: dict[str, Any] | None = None
        self.repeat_after: float | None = None
        self.retry = CODES[code].retry if retry is None else retry

    @property
    def kind(self) -> Kind:
        return CODES[self.code]


def internal_error() -> PortalError:
    """Return the error for a bug in the portal. The log has the details."""
    return PortalError("internal_error", "The portal failed. Give an operator the request ID.")


def wrong_method(allowed: Iterable[str]) -> PortalError:
    """Return the error for a method that is not one of `allowed`, which it names."""
    methods = " or ".join(name for name in allowed if name not in ("HEAD", "OPTIONS"))
    message = f"This route does not take this method. Send {methods}."
    return PortalError("method_not_allowed", message)


class Problem(NamedTuple):
    """One mistake in a configuration file. Lines and columns count from 1; 0 is the whole file."""

    line: int
    column: int
    message: str

    def at(self, file: str) -> str:
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return f"{place}  {self.message}"


class ConfigError(Exception):
    """A configuration file is invalid. `problems` holds every mistake, in the file's order."""

    def __init__(self, problems: Sequence[Problem], file: str = "models.yaml") -> None:
        self.problems = tuple(sorted(problems))
        self.file = file
        super().__init__("\n".join(problem.at(file) for problem in self.problems))
