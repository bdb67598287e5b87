"""
A row of the ledger → attributes by OpenTelemetry's semantic conventions. The only such table.

Pinned to `VERSION`: the conventions of generative AI are not stable, so a newer version is a change
of this module, its test and docs/opentelemetry.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ledger.models import Call

VERSION = "1.41.1"
SCHEMA_URL = f"https://opentelemetry.io/schemas/{VERSION}"
Attributes = dict[str, str | int | float]

TEXT_COMPLETION = "/v1/completions"  # the door of raw completions
OPERATIONS = {"chat": "chat", "sql": "chat", "title": "chat"}  # others: the capability's own name
# Hosts of which the conventions have a name; else it is the section's in models.yaml.
PROVIDERS = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "gcp.gen_ai",
}
AZURE = ".openai.azure.com"
OTHER = "_OTHER"  # models that the file does not list: callers can name any number of them

DURATION, TOKENS = "gen_ai.client.operation.duration", "gen_ai.client.token.usage"
DURATION_BUCKETS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48,
                    40.96, 81.92)  # fmt: skip
TOKEN_BUCKETS = tuple(4**power for power in range(14))

FAILED = ("failed", "lost")  # outcomes that are errors: that a reader leaves is none


class Server(NamedTuple):
    """What models.yaml says of a call's server and model now; the file may have changed since."""

    url: str = ""
    listed: bool = False


def operation(row: Call) -> str:
    if row.door == TEXT_COMPLETION:
        return "text_completion"
    return OPERATIONS.get(row.capability, row.capability)


def model(row: Call) -> str:
    """Return the model's name at its provider."""
    return row.model.partition(":")[2]


def span_name(row: Call) -> str:
    return f"{operation(row)} {model(row)}"


def error(row: Call) -> str:
    """Return the class of a call's error; empty if it is none."""
    return (row.code or row.outcome) if row.outcome in FAILED else ""


def shared(row: Call, server: Server) -> Attributes:
    """Return what spans and metrics both have."""
    url = urlsplit(server.url)
    attributes: Attributes = {
        "gen_ai.operation.name": operation(row),
        "gen_ai.provider.name": _provider(row, url.hostname or ""),
        "gen_ai.request.model": model(row),
    }
    if url.hostname:
        attributes["server.address"] = url.hostname
        attributes["server.port"] = url.port or (443 if url.scheme == "https" else 80)
    return attributes


def of_span(row: Call, server: Server) -> Attributes:
    attributes = shared(row, server)
    if kind := error(row):
        attributes["error.type"] = kind
    if row.reported:
        attributes["gen_ai.response.model"] = row.reported
    attributes |= _usage(row)
    own = {
        "id": str(row.pk), "capability": row.capability, "provider": row.provider,
        "outcome": row.outcome, "resolved_by": row.resolved_by, "revision": row.revision,
        "asked": row.asked, "because": row.because, "estimated": row.estimated,
    }  # fmt: skip
    attributes |= {f"aimodels.{name}": value for name, value in own.items() if value}
    return attributes


def of_duration(row: Call, server: Server) -> Attributes:
    kind = error(row)
    return _bounded(row, server) | ({"error.type": kind} if kind else {})


def of_tokens(row: Call, server: Server) -> list[tuple[int, Attributes]]:
    """Return the counts of a call, each with its attributes; none, if they are an estimate."""
    if row.estimated or not (row.input or row.output):
        return []
    attributes = _bounded(row, server)
    kinds = (("input", row.input), ("output", row.output))
    return [(count, attributes | {"gen_ai.token.type": kind}) for kind, count in kinds if count]


def _bounded(row: Call, server: Server) -> Attributes:
    attributes = shared(row, server)
    if not server.listed:
        attributes["gen_ai.request.model"] = OTHER
    return attributes


def _usage(row: Call) -> Attributes:
    """Return the tokens that the provider counted; none that the portal has estimated."""
    if row.estimated or not (row.input or row.output):
        return {}
    details = {
        "gen_ai.usage.cache_read.input_tokens": row.cached,
        "gen_ai.usage.cache_creation.input_tokens": row.written,
        "gen_ai.usage.reasoning.output_tokens": row.reasoning,
    }
    return {
        "gen_ai.usage.input_tokens": row.input,
        "gen_ai.usage.output_tokens": row.output,
        **{name: count for name, count in details.items() if count},
    }


def _provider(row: Call, host: str) -> str:
    if host.endswith(AZURE):
        return "azure.ai.openai"
    return PROVIDERS.get(host, row.provider)
