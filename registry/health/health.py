"""
The health of a provider, from probes and from real calls.

States: healthy, degraded (answers, but with errors), unreachable, auth_failed, unconfigured,
unknown (not probed yet). A probe is a free call, never a completion. Health informs; it never hides
or disables a model.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from core.errors import PortalError
from core.variables import scrub
from registry.health.traffic import WINDOW, Failed, Seconds, Traffic
from registry.model_id import fold, is_model_name
from registry.providers.errors import shorten
from registry.providers.http import transport
from registry.providers.http.fetch import fetch
from registry.providers.wire import Stamp, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.entities import Model, Provider
    from registry.providers.wire import Request

DEADLINES = transport.Deadlines(connect=2.0, first_byte=3.0, idle=3.0, total=5.0)
BY_CODE: dict[str, Status] = {
    "provider_auth_failed": "auth_failed",
    "provider_unreachable": "unreachable",
    "provider_timeout": "unreachable",
}
NO_LIST = (403, 404, 405, 501)  # with these a provider may still answer
DAY = 24 * 3600.0
MAX_HISTORY = 50
MAX_NAMES = 500  # all workers read them with every heartbeat
NOTHING_SEEN = Traffic()
Status = Literal["healthy", "degraded", "unreachable", "auth_failed", "unconfigured", "unknown"]


@dataclass(frozen=True, slots=True)
class Health:
    """A provider's health at the last probe. `detail` is for operators. Times are Unix seconds.

    `names` are the models that it has; None if its wire format does not list them all. `history`
    has the changes of the last day, oldest first: the time, and the state since then.
    """

    status: Status
    detail: str = ""
    checked: Seconds | None = None
    latency_ms: int | None = None
    names: tuple[str, ...] | None = None
    history: tuple[tuple[Seconds, Status], ...] = ()

    @property
    def since(self) -> float | None:
        """When this state began, if that was within the last day."""
        known = self.history and self.history[-1][1] == self.status
        return self.history[-1][0] if known else self.checked

    def as_dict(self, *, operator: bool) -> dict[str, Any]:
        return {
            "status": self.status,
            "detail": self.detail if operator else "",
            "checked_at": iso(self.checked),
            "age_seconds": None if self.checked is None else round(time.time() - self.checked),
            "since": iso(self.since),
            "latency_ms": self.latency_ms,
        }


def iso(at: float | None) -> str | None:
    """Return Unix seconds as ISO 8601 in UTC."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def probe(provider: Provider) -> Health:
    """Probe `provider` now. Blocks for at most twice DEADLINES.total, usually far less."""
    if not provider.configured:
        return Health("unconfigured", provider.detail)
    wire, endpoint = provider.wire, provider.endpoint
    target = Target(provider.name, "", endpoint.base_url, endpoint.headers)
    started = time.monotonic()
    status: Status = "healthy"
    detail, names = "", None
    request = wire.health(target)
    try:
        _ask(provider, request, wire.read_health)
        took = round((time.monotonic() - started) * 1000)
        if wire.LISTS_ALL:
            request = wire.models(target)
            names = _names(_ask(provider, request, wire.read_models))
    except PortalError as failure:
        took = round((time.monotonic() - started) * 1000)
        error = _without_list(provider, target, failure)
        if error is None:
            return Health("healthy", "It does not list its models.", time.time(), took)
        status = BY_CODE.get(error.code, "degraded")
        message = f"{_server(request.url)}: {_advice(provider, target, error) or error.message}"
        detail = shorten(scrub(message, endpoint.secrets))
    return Health(status, detail, time.time(), took, names)


def _without_list(provider: Provider, target: Target, error: PortalError) -> PortalError | None:
    """Return the error of a provider that did not list its models; None if it is healthy.

    Some have no such route, some a list of their own form, and some keys may not use it. An empty
    request, which generates nothing, then shows whether the address and the key are right: for an
    answer, or for vectors or a ranking where the server has only these.
    """
    wire = provider.wire
    chat = wire.empty_chat(target)
    status = error.provider["status"] if error.provider else None
    is_other = error.code == "provider_bad_response"
    if chat is None or not (is_other or status in NO_LIST):
        return error
    refusal = _refusal(provider, lambda: chat, lambda data: wire.read_chat(data, Stamp("", 0)))
    if refusal and refusal.code == "provider_model_missing":
        refusal = _refusal(
            provider, lambda: wire.embeddings(target, {"input": []}), wire.read_embeddings
        )
    if refusal and refusal.code == "provider_model_missing" and (rank := wire.RELAYS.get("rerank")):
        nothing: dict[str, Any] = {"query": "", "documents": []}
        refusal = _refusal(
            provider, lambda: rank.write(target, nothing), lambda data: rank.read(data, nothing)
        )
    if refusal is None or refusal.code == "provider_rejected":
        return None
    return refusal if refusal.code == "provider_auth_failed" else error


def _refusal(
    provider: Provider, write: Callable[[], Request], read: Callable[[bytes], Any]
) -> PortalError | None:
    """Return the error for a request, or None if it is answered."""
    try:
        _ask(provider, write(), read)
    except PortalError as error:
        return error
    return None


def _advice(provider: Provider, target: Target, error: PortalError) -> str:
    """Return the right address, if something else listens at the one in models.yaml."""
    other = provider.wire.other_address(target.base_url)
    if not other or error.code not in ("provider_model_missing", "provider_bad_response"):
        return ""
    try:
        _ask(
            provider,
            provider.wire.health(replace(target, base_url=other)),
            provider.wire.read_health,
        )
    except PortalError as refusal:
        if refusal.code not in ("provider_auth_failed", "provider_rejected"):
            return ""
    return f"This is not the address of its API. Write {urlsplit(other).path} at its end."


def _server(url: str) -> str:
    """Return scheme, host and port: the rest of an address may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _ask(provider: Provider, request: Request, read: Callable[[bytes], Any]) -> Any:
    answer = fetch(request, DEADLINES)
    if answer.status >= 300:
        raise provider.wire.read_error(answer.status, answer.headers, answer.data)
    return read(answer.data)


def _names(names: list[str]) -> tuple[str, ...] | None:
    """Return the names that are valid in models.yaml; None if there are too many to share."""
    valid = {name for name in names if is_model_name(name)}
    return tuple(sorted(valid)) if len(valid) <= MAX_NAMES else None


def after(before: Health | None, latest: Health) -> Health:
    """Return `latest` with the history of `before`, and with its own change if there is one."""
    now = latest.checked or time.time()
    history = before.history if before else ()
    if not history or history[-1][1] != latest.status:
        history = (*history, (now, latest.status))
    # Keep the state of a day ago: it lasted until the first change after that.
    old = [change for change in history if change[0] < now - DAY][-1:]
    kept = [*old, *(change for change in history if change[0] >= now - DAY)]
    return replace(latest, history=tuple(kept[-MAX_HISTORY:]))


def joined(health: Health, traffic: Traffic, now: float) -> Health:
    """Return `health`, corrected by real calls that are newer, or prove more than a probe."""
    checked = health.checked or 0.0
    last = traffic.errors[-1] if traffic.errors else None
    answers_since = _works(traffic, checked)
    if last and last.at > traffic.succeeded:
        if last.code == "provider_unreachable" and last.at > checked:
            return replace(health, status="unreachable", detail=_describe(last), checked=last.at)
        # A probe proves nothing here: many providers list models without a key.
        if last.code == "provider_auth_failed" and now - last.at < WINDOW:
            return replace(health, status="auth_failed", detail=_describe(last))
    if health.status == "auth_failed" and _works(traffic, now - WINDOW):
        return replace(health, status="degraded", detail=f"{health.detail} Calls are answered.")
    if health.status == "unknown" and answers_since:
        return replace(health, status="healthy", checked=traffic.succeeded)
    if health.status == "unreachable" and answers_since:
        detail = f"{health.detail} Calls are answered."
        return replace(health, status="degraded", detail=detail, checked=traffic.succeeded)
    if health.status == "healthy" and traffic.failures >= 3 and _mostly_fails(traffic) and last:
        many = f"{traffic.failures} of {traffic.calls} calls failed in the last minute."
        return replace(health, status="degraded", detail=f"{many} {_describe(last)}")
    return health


def _describe(error: Failed) -> str:
    return f"A call failed: {error.message}"


def _works(traffic: Traffic, since: float) -> bool:
    return traffic.succeeded > max(since, traffic.failed)


def _mostly_fails(traffic: Traffic) -> bool:
    return traffic.failures * 2 >= traffic.calls


# ── The models of a server, and those of the file ───────────────────────────────────────────


def is_missing(model: Model, health: Health) -> bool:
    """Is `model` listed, but absent from its provider's own list?"""
    return health.names is not None and fold(model.name) not in map(fold, health.names)


def not_listed(names: list[str], health: Health) -> list[str]:
    """Return the provider's models that are not among the listed `names`."""
    known = {fold(name) for name in names}
    return [name for name in health.names or () if fold(name) not in known]
