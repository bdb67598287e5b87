"""`alerts` of models.yaml: who gets a message when something needs attention, and when not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from registry.config.strict import Strict
from registry.notices import ending

if TYPE_CHECKING:
    from core.yaml.errors import Finding

Kind = Literal["budget", "provider_down", "file_rejected", "drift", "model_ends"]
KINDS: tuple[Kind, ...] = ("budget", "provider_down", "file_rejected", "drift", "model_ends")
WITH_VARIABLES = ("webhook", "headers", "mail")
NAME = re.compile("[a-z][a-z0-9_-]{0,39}")
BAD_NAME = "Name a target with a-z, 0-9, _ and -."
NEITHER = "Write where its messages go: `webhook` or `mail`."
BOTH = "Write `webhook` or `mail`, not both: make two targets."
NO_WEBHOOK = "`headers` go with `webhook`."
UNREADABLE = "Write a day, 2026-12-24, or a time, 2026-12-24T18:00."
_Text = Annotated[str, Field(min_length=1)]


class TargetConfig(Strict):
    """Where messages go: a webhook, or addresses of mail."""

    on: tuple[Kind, ...] = Field(KINDS, min_length=1, description="What is sent; unset: all.")
    webhook: str | None = Field(
        None, min_length=1, description="An address that gets JSON by POST; may be ${VARIABLE}."
    )
    headers: dict[str, str] = Field(default_factory=dict, description="Sent to the webhook.")
    mail: tuple[_Text, ...] = Field((), max_length=20, description="Addresses of mail.")


class SilenceConfig(Strict):
    """What is not sent for a while."""

    on: Kind | None = Field(None, description="Which kind of alert; unset: all.")
    of: str | None = Field(
        None, min_length=1, description="A provider, a model, a budget, or the file; unset: all."
    )
    until: str = Field(description="The last day, 2026-12-24, or the time, 2026-12-24T18:00.")


class AlertsConfig(Strict):
    """Who gets a message when something needs attention."""

    targets: dict[str, TargetConfig] = Field(
        default_factory=dict, max_length=20, description="Where messages go, by name."
    )
    at: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="Percent of a budget; unset: its own `warn`."
    )
    after: int = Field(
        60, ge=0, le=86_400, description="Seconds for which a provider is down, or a list differs."
    )
    before: int = Field(14, ge=0, le=365, description="Days before a model's `ends`.")
    silence: tuple[SilenceConfig, ...] = Field(
        (), max_length=100, description="What is not sent for a while."
    )


def bad_alerts(alerts: AlertsConfig) -> Iterator[Finding]:
    """Yield what is wrong beyond the schema, with paths in the file."""
    yield from _bad_targets(alerts.targets)
    for number, silence in enumerate(alerts.silence):
        try:
            ending(silence.until)
        except (ValueError, OverflowError):
            yield ("alerts", "silence", number, "until"), UNREADABLE


def _bad_targets(targets: Mapping[str, TargetConfig]) -> Iterator[Finding]:
    for name, target in targets.items():
        at = ("alerts", "targets", name)
        if not NAME.fullmatch(name):
            yield at, BAD_NAME
        if bool(target.webhook) == bool(target.mail):
            yield at, BOTH if target.mail else NEITHER
        elif target.headers and target.mail:
            yield (*at, "headers"), NO_WEBHOOK
