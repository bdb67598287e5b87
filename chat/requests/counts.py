"""How much one request may ask for: answers, tokens and probabilities, by any server's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.requests.fields import plain
from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Mapping

CHOICES, TOKENS, PROBABILITIES = "MAX_CHOICES", "MAX_ANSWER_TOKENS", "MAX_PROBABILITIES"
# Names as `plain` returns them, and the setting that limits them.
LIMITS = {
    **dict.fromkeys(("n", "bestof", "batchsize", "numbeams", "beamsize", "numreturnsequences",
                     "numimages", "numcompletions", "numgenerations", "candidatecount"), CHOICES),
    **dict.fromkeys(("maxtokens", "maxcompletiontokens", "maxoutputtokens", "maxnewtokens",
                     "maxlength", "mintokens", "minlength", "npredict", "numpredict",
                     "minnewtokens", "thinkingbudget", "thinkingtokenbudget",
                     "reasoningbudget", "budgettokens", "maxgenlen", "maxtokenstosample"), TOKENS),
    **dict.fromkeys(("nprobs", "toplogprobs", "logprobs", "promptlogprobs", "topprobs"),
                    PROBABILITIES),
}  # fmt: skip


def check_count(name: str, value: Any, place: str) -> None:
    """Raise PortalError for a count above its limit. 0 and less are each server's own words."""
    if isinstance(value, str):  # some servers read numbers in texts
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    setting = LIMITS.get(plain(name))
    if setting and value > (limit := getattr(settings, setting)) > 0:
        message = f"{place}: at most {limit} here. Operators set {setting}."
        param = place.partition("[")[0].partition(".")[0]
        raise PortalError("invalid_request", message, param=param)


def check_counts(body: Mapping[str, Any]) -> None:
    """Raise PortalError for a field of `body` that asks for more than its limit."""
    for name, value in body.items():
        if value.__class__ in (int, float, str):
            check_count(name, value, name)


def _number(text: str) -> float | None:
    try:
        return float(text) if len(text) < 100 else None
    except ValueError:
        return None
