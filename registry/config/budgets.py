"""`budgets` of models.yaml: how much may be used in a day, a week or a month, and by whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, FiniteFloat

from core.text import did_you_mean, quote
from registry.config.strict import Strict

if TYPE_CHECKING:
    from core.yaml.errors import Finding

NAME = re.compile("[a-z][a-z0-9_-]{0,39}")
BAD_NAME = "Name a budget with a-z, 0-9, _ and -; `title` is for people."
NEITHER = "Write how much it is: `tokens` or `money`."
BOTH = "Write `tokens` or `money`, not both: make two budgets."
NO_CURRENCY = "`currency` goes with `money`."
NO_GROUPS = "`groups` names no one. Leave it out for everyone."


class BudgetConfig(Strict):
    """What all together, or each person, group or token, may use in a period."""

    title: str | None = Field(
        None, min_length=1, max_length=100, description="For people; unset: its name."
    )
    per: Literal["day", "week", "month"] = Field(
        description="Of the calendar, in the portal's time zone; weeks begin on Monday."
    )
    each: Literal["person", "group", "token"] | None = Field(
        None, description="Whose budget it is; unset: of all together."
    )
    groups: tuple[str, ...] | None = Field(None, description="Whose members it is for; unset: all.")
    capabilities: tuple[str, ...] | None = Field(None, description="What it counts; unset: all.")
    tokens: Annotated[int, Field(ge=1, le=10**15)] | None = Field(
        None, description="Given to models, and made by them."
    )
    money: Annotated[FiniteFloat, Field(gt=0, le=1_000_000)] | None = Field(
        None, description="By the models' prices."
    )
    currency: str = Field(
        "", pattern="^[A-Z]{3}$", description="Of `money`, as in the models' prices."
    )
    warn: int = Field(80, ge=1, le=100, description="Percent from which on people are warned.")
    unpriced: Literal["refuse", "allow"] = Field(
        "refuse", description="Models without a price in this currency, where `money` is counted."
    )
    shadow: bool = Field(False, description="Count and tell, but refuse nothing.")


def bad_budgets(budgets: Mapping[str, BudgetConfig], known: Collection[str]) -> Iterator[Finding]:
    """Yield what is wrong, with paths in the file. `known` are the capabilities."""
    for name, one in budgets.items():
        at = ("budgets", name)
        if not NAME.fullmatch(name):
            yield at, BAD_NAME
        if (one.tokens is None) == (one.money is None):
            yield at, NEITHER if one.money is None else BOTH
        elif one.currency and one.money is None:
            yield (*at, "currency"), NO_CURRENCY
        if one.groups == ():
            yield (*at, "groups"), NO_GROUPS
        for place, capability in enumerate(one.capabilities or ()):
            if capability not in known:
                yield (*at, "capabilities", place), _unknown(capability, known)


def _unknown(name: str, known: Collection[str]) -> str:
    near = did_you_mean(name, list(known))
    return f"{quote(name)} is not a capability.{near} Known: {', '.join(sorted(known))}."
