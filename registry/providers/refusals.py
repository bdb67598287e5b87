"""
What a provider's refusal means: a table of signs, by codes and types first, by words last.

A sign holds at some HTTP statuses only: "billing" in the words of a 429 is an advertisement, and in
those of a 400 the reason. The tests have the words of real providers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.providers.error_body import Reported

BY_STATUS = {
    400: "provider_rejected", 413: "provider_rejected", 422: "provider_rejected",
    401: "provider_auth_failed", 403: "provider_auth_failed", 404: "provider_model_missing",
    408: "provider_timeout", 504: "provider_timeout", 429: "provider_rate_limited",
    402: "provider_quota_exhausted", 498: "overloaded", 503: "overloaded", 529: "overloaded",
    405: "wrong_address",
}  # fmt: skip
ANY = frozenset(range(200, 600))
REQUEST = frozenset({400, 413, 422})
INTERNAL = frozenset({500})  # also an error in a 200 that has no status of its own


@dataclass(frozen=True, slots=True)
class Sign:
    """`kind` is what a refusal is if its code or type is like `names`, or its text like `words`.

    `names` are compared in lower case, without spaces and punctuation, from their beginning;
    `words` with the message, which is a line of its own, and the whole body. Both count at
    `statuses` only.
    """

    kind: str
    names: re.Pattern[str]
    words: re.Pattern[str]
    statuses: frozenset[int]


def _sign(
    kind: str, statuses: frozenset[int], names: tuple[str, ...] = (), words: tuple[str, ...] = ()
) -> Sign:
    return Sign(
        kind,
        re.compile("|".join(names) or "(?!)"),
        re.compile("|".join(words) or "(?!)", re.IGNORECASE | re.MULTILINE),
        statuses,
    )


# Looked for before the codes: llama.cpp's is that of any busy server.
LOADING = _sign("model_loading", frozenset({500, 503}), words=(
    r"loading model", r"(?:model|is) (?:currently )?(?:being )?load(?:ing|ed)\b"))  # fmt: skip
SIGNS = (
    _sign("context_length_exceeded", REQUEST | INTERNAL, names=(
        r"context(length|window|size)", r"exceedcontext", r"(prompt|input)toolong", r"maxcontext",
    ), words=(
        r"context[ _-]?(?:size|length|window)", r"maximum (?:model|context|input|prompt) length",
        r"(?:prompt|input|request) is too long", r"prompt too long", r"too many (?:input )?tokens",
        r"input (?:token count|tokens?|length)[^.]{0,60}exceed", r"\bn_ctx\b",
        r"exceeds? the (?:model's )?max(?:imum)? (?:number of )?(?:input )?tokens",
        r"longer than the maximum", r"`?inputs`? tokens \+",
        r"reduce the length of the (?:messages|prompt|input)")),
    _sign("content_filter", ANY, names=(
        r"contentfilter", r"contentpolicy", r"contentmoderation", r"responsibleai", r"safety$",
        r"datainspection", r"prohibitedcontent", r"promptblocked", r"sensitivecontent",
        r"moderation", r"inputflagged", r"1301$",
    ), words=(
        r"(?:was|were|been|got) flagged", r"content (?:management )?policy", r"content[ _]filter",
        r"requires moderation", r"usage polic(?:y|ies)", r"inappropriate content",
        r"prohibited_content", r"safety (?:system|filter|reasons|polic)",
        r"data_inspection_failed")),
    _sign("provider_quota_exhausted", ANY, names=(
        r"insufficient(quota|balance|credit|funds)", r"exceededcurrentquota", r"billing",
        r"arrearage", r"paymentrequired", r"credit(s|balance)", r"accountbalance",
        r"quotaexhausted", r"allocationquota", r"freetieronly", r"1113$")),
    _sign("provider_rate_limited", frozenset({200, 403, 429, 500, 502, 503}), names=(
        r"ratelimit", r"toomany(requests|tokens)", r"throttl", r"resourceexhausted",
        r"requestlimit", r"(token|request)quotaexceeded", r"limit(requests|burstrate)")),
    _sign("provider_auth_failed", ANY, names=(
        r"(invalid|incorrect|missing|expired)(api|access|auth)(key|token|entication)",
        r"authentication(error|failed)", r"unauthori[sz]ed", r"unauthenticated", r"apikey",
        r"accesstokenexpired", r"invalidtoken")),
    _sign("provider_auth_failed", frozenset({400, 401, 403, 422}), words=(
        r"(?:invalid|incorrect|wrong|missing|bad|expired) (?:api|access)[ _-]?(?:key|token)",
        r"api[ _-]?key (?:is )?(?:not valid|invalid|expired|missing|incorrect)",
        r"API_KEY_INVALID", r"invalid (?:bearer|authentication|credentials)")),
    _sign("provider_quota_exhausted", frozenset({400, 402, 403, 429, 500}), words=(
        r"insufficient (?:account )?(?:balance|credit|quota|funds)", r"credit balance",
        r"(?:have|has|have not|haven't|doesn't have|out of|no|not enough) (?:any )?credits",
        r"credits? (?:have |has |are )?(?:expired|exhausted|depleted|used up)",
        r"exceeded your current quota", r"billing (?:hard )?limit", r"payment required",
        r"purchase (?:more )?credits", r"quota (?:is |has been )?(?:used up|exhausted)",
        r"欠费", r"余额不足")),
    _sign("region", frozenset({400, 403, 451}), names=(r"unsupported(country|region|location)",),
          words=(r"(?:country|region|territory|location)[^.]{0,40} not (?:supported|available)",
                 r"not (?:available|supported) in your (?:country|region|location)")),
    _sign("bot_wall", frozenset({200, 403, 429, 503}), words=(
        r"just a moment", r"attention required", r"\bcf-(?:error|chl|mitigated|browser)",
        r"captcha", r"error code: 10\d\d", r"are (?:you )?(?:a )?human", r"ddos", r"verify you are",
        r"enable cookies")),
    _sign("overloaded", frozenset({429, 498, 500, 503, 529}), names=(
        r"(engine|server|model)?overloaded", r"capacityexceeded", r"nocapacity", r"serverbusy",
        r"(service)?unavailable(error)?$")),
    _sign("wrong_address", frozenset({200, 404, 405, 500}), names=(
        r"unknownurl", r"notfoundurl", r"invalidurl", r"unknownpath",
    ), words=(
        r"^(?:error:? )?(?:404:? ?)?(?:page |resource |path )?not found\.?$", r"no static resource",
        r"cannot (?:get|post) /", r"unexpected endpoint", r"no route", r"method not allowed",
        r"(?:unknown|invalid|unrecognized)[^.]{0,20} (?:url|path|route|endpoint)\b",
        r"not found on th(?:is|e) server")),
    _sign("provider_model_missing", frozenset({400, 403, 404, 422, 500}), names=(
        r"(model|deployment)(is)?not(found|exist|available)", r"(invalid|unknown|nosuch)model",
        r"model(accessdenied|decommissioned|doesnotexist)", r"deploymentdoesnotexist",
    ), words=(
        r"access to (?:the |this )?model", r"(?:requires|without|lacks?) access to [`'\"]?\w")),
    _sign("provider_model_missing", frozenset({400, 404, 422}), words=(
        r"model[^\n]{0,120}?(?:does ?n[o']t exist|not exist|not found|not a valid model)",
        r"model[^\n]{0,120}?(?:no longer (?:available|supported)|decommissioned)",
        r"(?:invalid|unknown|no such) model", r"not a valid model", r"no endpoints found")),
    _sign("provider_rejected", INTERNAL | {501}, names=(
        r"validation", r"invalidrequest", r"badrequest", r"unprocessable",
    ), words=(
        r"(?:does ?n[o']t|does not|do not) support", r"unsupported", r"not supported",
        r"requires --")),
)  # fmt: skip


def kind_of(status: int, reported: Reported, *, has_delay: bool) -> str:
    """Return our code for a refusal, or wrong_address, bot_wall or region.

    With `has_delay` the provider says when to try again: then it is a limit, and no used-up quota.
    """
    names = [_plain(reported.code), _plain(reported.type)]
    text = f"{reported.message}\n{reported.words}"
    if status in LOADING.statuses and LOADING.words.search(text):
        return LOADING.kind
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
    return BY_STATUS.get(status, "provider_error")


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
