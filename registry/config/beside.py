"""What models.yaml holds beside `models`: limits, what stays in the house, prompts and notices."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from registry.config.strict import Strict
from registry.identifiers import KINDS


class GroupLimits(Strict):
    """How much one person may use; 0 is no limit. What is unset is as the settings say."""

    requests_per_minute: int | None = Field(None, ge=0, description="Of the API and of sockets.")
    tokens_per_minute: int | None = Field(None, ge=0, description="That answers used.")
    pages_per_minute: int | None = Field(None, ge=0, description="And parts of pages.")
    answers: int | None = Field(None, ge=0, description="At once; for each API token, too.")
    sockets: int | None = Field(None, ge=0, description="Open at once: each page has up to two.")
    provider_places: int | None = Field(None, ge=0, description="Of one provider, at once.")


class LimitsConfig(Strict):
    """How much people may use: everyone, and the members of groups."""

    everyone: GroupLimits = Field(default_factory=GroupLimits)
    groups: dict[str, GroupLimits] = Field(
        default_factory=dict, description="Who is in several has the most of each."
    )


class LocalOnlyConfig(Strict):
    """What stays in the house by itself: only providers with `local: true` get it."""

    identifiers: tuple[str, ...] = Field(
        (),
        description="Kinds of identifiers. A request that holds one stays in the house.",
        json_schema_extra={"items": {"type": "string", "enum": list(KINDS)}},
    )


class PromptConfig(Strict):
    """A prompt that the chat page offers; `{{words}}` in braces are asked for."""

    title: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=20_000)
    first: bool = Field(False, description="An empty conversation shows it.")
    groups: tuple[str, ...] | None = Field(None, description="Who is offered it; unset: all.")


class NoticeConfig(Strict):
    """What all pages say at their top, to everyone or to members of groups."""

    text: str = Field(min_length=1, max_length=1000)
    level: Literal["info", "warning"] = "info"
    start: str | None = Field(
        None, alias="from", description="A day, 2026-12-24, or a time, 2026-12-24T18:00."
    )
    until: str | None = Field(None, description="The last day, or the time when it ends.")
    groups: tuple[str, ...] | None = Field(None, description="Who sees it; unset: all.")
