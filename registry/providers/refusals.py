"""
What a provider's refusal means, by the signs in `refusal_signs`, or else by its HTTP status.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.providers.error_body import MAX_WORDS
from registry.providers.refusal_signs import BILLING, LOADING, SIGNS

if TYPE_CHECKING:
    from registry.providers.error_body import Reported

BY_STATUS = {
    400: "provider_rejected", 413: "provider_rejected", 422: "provider_rejected",
    401: "provider_auth_failed", 403: "provider_auth_failed",
    404: "provider_model_missing", 410: "provider_model_missing",
    408: "provider_timeout", 504: "provider_timeout", 522: "provider_timeout",
    524: "provider_timeout", 429: "provider_rate_limited", 402: "provider_quota_exhausted",
    498: "overloaded", 503: "overloaded", 529: "overloaded", 405: "wrong_address",
}  # fmt: skip


def kind_of(status: int, reported: Reported, *, has_delay: bool) -> str:
    """Return our code for a refusal, or crashed, wrong_address, bot_wall or region.

    With `has_delay` the provider says when to try again: then it is a limit, and no used-up quota.
    """
    names = [_plain(reported.code), _plain(reported.type)]
    text = f"{reported.message[:MAX_WORDS]}\n{reported.words}"
    for sign in (LOADING,) if has_delay else (LOADING, BILLING):
        if status in sign.statuses and sign.words.search(text):
            return sign.kind
    signs = [sign for sign in SIGNS if status in sign.statuses]
    for sign in signs:
        if any(name and sign.names.match(name) for name in names):
            return sign.kind
    for sign in signs:
        is_limit = has_delay and sign.kind == "provider_quota_exhausted"
        if not is_limit and sign.words.search(text):
            return sign.kind
    if status == 404 and (reported.is_page or not reported.message):
        return "wrong_address"
    if status == 402 and has_delay:
        return "provider_rate_limited"
    return BY_STATUS.get(status, "provider_error")


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name[:200]).lower()
