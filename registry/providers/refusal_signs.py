"""
The signs by which refusals are distinguished: by codes and types first, by words last.

A sign holds at some HTTP statuses only: "billing" in the words of a 429 is an advertisement, and in
those of a 400 the reason. tests/data/refusals.yaml has the words of real providers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    r"loading model", r"(?:model|is) (?:currently |still )?(?:loading|being loaded)\b",
    r"\bmodel_loading\b", r"model is cold", r"\bwaking up\b",
))  # fmt: skip
# Also before the codes: Google's is that of any limit.
BILLING = _sign("provider_quota_exhausted", frozenset({403, 429}), words=(
    r"(?:spend|spending) (?:cap|limit)", r"monthly usage limit", r"for this billing cycle",
))  # fmt: skip
# In order: the first sign counts.
SIGNS = (
    # Another portal of this kind.
    _sign("loop_detected", frozenset({508}), names=(r"loopdetected$",)),
    _sign("provider_unconfigured", frozenset({503}), names=(r"providerunconfigured$",)),
    _sign("provider_model_missing", frozenset({502}), names=(r"providermodelmissing$",)),
    _sign("provider_model_missing", frozenset({403}), words=(
        r"serves listed models only", r"^your groups may not use ")),
    # Bedrock's throttling has the words of a context that is too long.
    _sign("provider_rate_limited", frozenset({500, 503}), words=(
        r"throttlingexception", r"too many tokens, please wait", r"too many requests",
        r"\brate limit\b", r"\b(?:rpm|tpm|qps)\b[^.\n]{0,20}limit", r"requests? limit reached")),
    _sign("context_length_exceeded", REQUEST | INTERNAL, names=(
        r"context(length|window|size)", r"exceedcontext", r"(prompt|input)toolong", r"maxcontext",
        r"tokenslimitreached",
    ), words=(
        r"context[ _-]?(?:size|length|window)", r"maximum (?:model|context|input|prompt) length",
        r"(?:prompt|input|request) is too long", r"prompt too long", r"too many (?:input )?tokens",
        r"input (?:token count|tokens?|length)[^.]{0,60}exceed", r"\bn_ctx\b",
        r"exceeds? the (?:model's )?max(?:imum)? (?:number of )?(?:input )?tokens",
        r"exceeds? max(?:imum)? length", r"longer than the maximum", r"`?inputs`? tokens \+",
        r"must have less than \d+ tokens", r"range of input length", r"\bmax_seq_len\b",
        r"model token limit", r"too large to process", r"more than max(?:imum)? tokens",
        r"reduce the length of the (?:messages|prompt|input)")),
    _sign("content_filter", ANY, names=(
        r"contentfilter", r"contentpolicy", r"contentmoderation", r"responsibleai", r"safety$",
        r"datainspection", r"prohibitedcontent", r"promptblocked", r"moderation", r"inputflagged",
        r"(input|output)?(text|image)?sensitivecontent", r"hooksfailed", r"1301$",
    ), words=(
        r"(?:was|were|been|got) flagged", r"content (?:management )?policy", r"content[ _]filter",
        r"requires moderation", r"usage (?:polic(?:y|ies)|guidelines)", r"inappropriate content",
        r"prohibited_content", r"safety (?:system|filter|reasons|polic)", r"safety_check",
        r"data_inspection_failed", r"considered high risk", r"content exists risk",
        r"sensitive (?:information|content|words)", r"new_sensitive")),
    _sign("content_filter", frozenset({400, 403, 422, 446}), words=(r"guardrail",)),
    _sign("provider_quota_exhausted", ANY, names=(
        r"insufficient(user)?(quota|balance|credit|funds)", r"exceededcurrentquota", r"billing",
        r"arrearage", r"paymentrequired", r"credit(s|balance|limit)", r"account(balance|overdue)",
        r"quotaexhausted", r"allocationquota", r"free(tieronly|quota)", r"budgetexceeded",
        r"terminalquota", r"tokenquotareached", r"notenoughbalance",
        r"preconsumetokenquota", r"1113$", r"1310$")),
    _sign("provider_rate_limited", frozenset({200, 403, 429, 500, 502, 503}), names=(
        r"ratelimit", r"toomany(requests|tokens)", r"throttl", r"resourceexhausted",
        r"requestlimit", r"(token|request)quotaexceeded", r"limit(requests|burstrate)")),
    _sign("provider_auth_failed", ANY, names=(
        r"(invalid|incorrect|missing|expired)(api|access|auth)(key|token|entication)",
        r"authentication(error|failed)", r"unauthori[sz]ed", r"unauthenticated", r"apikey",
        r"accesstokenexpired", r"invalidtoken", r"(organization|account)(restricted|deactivated)")),
    _sign("provider_auth_failed", frozenset({400, 401, 403, 422, 500}), words=(
        r"(?:invalid|incorrect|wrong|missing|bad|expired) (?:api|access)[ _-]?(?:key|token)",
        r"api[ _-]?key (?:is )?(?:not valid|invalid|expired|missing|incorrect)",
        r"access token (?:is )?(?:invalid|expired)", r"\blogin fail",
        r"API_KEY_INVALID", r"invalid (?:bearer|authentication|authorization|credentials)",
        r"security token included", r"organization has been disabled")),
    _sign("provider_quota_exhausted", frozenset({400, 402, 403, 412, 429, 500}), words=(
        r"insufficient (?:account )?(?:balance|credit|quota|funds)", r"credit balance",
        r"not enough balance", r"quota has been reached", r"usage limits? exceeded",
        r"(?:weekly|monthly) limit exhausted",
        r"balance is (?:insufficient|too low|not enough)", r"overdue", r"past (?:due|invoices)",
        r"(?:have|has|have not|haven't|doesn't have|out of|no|not enough) (?:any )?credits",
        r"used (?:up|all) (?:of )?(?:your|its|the|available)", r"exhausted its usage",
        r"credits? (?:have |has |are )?(?:expired|exhausted|depleted|used up)",
        r"exceeded your current quota", r"billing (?:hard )?limit", r"payment (?:required|method)",
        r"purchase (?:more )?credits", r"quota (?:is |has been )?(?:used up|exhausted|not enough)",
        r"reached your specified api usage limits",
        r"spending limit", r"add funds", r"call volume quota", r"requires a (?:paid )?subscription",
        r"budget has been exceeded", r"(?:exceeded|over) ?budget",
        r"欠费", r"余额不足", r"额度不足")),
    _sign("provider_rate_limited", frozenset({429}), words=(
        r"being rate limited", r"error code: 1015")),
    _sign("overloaded", frozenset({400, 429, 500, 503}), words=(
        r"\bat capacity", r"capacity (?:temporarily )?exceeded", r"no capacity",
        r"degraded function", r"(?:model|server|service|system) (?:is )?(?:too )?busy")),
    _sign("region", frozenset({400, 403, 451}), names=(r"unsupported(country|region|location)",),
          words=(r"(?:country|region|territory|location)[^.]{0,40} not (?:supported|available)",
                 r"(?:not available|not supported|unavailable) in your (?:country|region|location)",
          )),
    _sign("bot_wall", frozenset({200, 403, 429, 503}), words=(
        r"just a moment", r"attention required", r"\bcf-(?:error|chl|mitigated|browser)",
        r"captcha", r"error code: 10\d\d", r"are (?:you )?(?:a )?human", r"ddos", r"verify you are",
        r"enable cookies", r"security checkpoint")),
    _sign("overloaded", frozenset({429, 498, 500, 503, 529}), names=(
        r"(engine|server|model)?(is)?overloaded", r"capacityexceeded", r"nocapacity", r"serverbusy",
        r"(service)?unavailable(error)?$")),
    _sign("crashed", frozenset({400}), words=(
        r"model has crashed", r"model unloaded", r"unexpected eof")),
    _sign("provider_rejected", frozenset({404, 410}), words=(
        r"no endpoints found that support", r"(?:search|field|parameter)[^\n]{0,40} deprecated")),
    _sign("wrong_address", frozenset({200, 404, 405, 500}), names=(
        r"unknownurl", r"notfoundurl", r"invalidurl", r"unknownpath",
    ), words=(
        r"^(?:error:? )?(?:404:? ?)?(?:page |resource |path )?not found\.?$", r"no static resource",
        r"cannot (?:get|post) /", r"unexpected endpoint", r"no route", r"method not allowed",
        r"route [^\n]{0,80}not found", r"invalid url \(", r"not found on th(?:is|e) server",
        r"(?:unknown|unrecognized) (?:request )?(?:url|path|route|endpoint)\b")),
    _sign("wrong_address", frozenset({400, 404}), words=(r"could not route to",)),
    _sign("provider_model_missing", frozenset({400, 401, 403, 404, 422, 500, 503}), names=(
        r"(model|deployment)(is)?not(found|exist|available|supported|open)",
        r"(invalid|unknown|nosuch|unavailable)model", r"(key|team|user|org)?modelaccess",
        r"model(decommissioned|doesnotexist)", r"deploymentdoesnotexist",
    ), words=(
        r"access to (?:the |this )?model", r"(?:requires|without|lacks?) access to [`'\"]?\w",
        r"not allowed to access model", r"no models? (?:is |are )?(?:currently )?loaded",
        r"could not find (?:real )?model", r"model[^\n]{0,200}no provider supported",
        r"模型[^\n]{0,200}无可用渠道")),
    _sign("provider_model_missing", frozenset({400, 404, 422}), words=(
        r"model[^\n]{0,120}?(?:does ?n[o']t exist|not exist|not found|not a valid model)",
        r"model[^\n]{0,120}?(?:no longer (?:available|supported)|decommissioned)",
        r"(?:invalid|unknown|unavailable|no such) model", r"not a valid model",
        r"no endpoints found", r"model identifier is invalid", r"模型不存在")),
    _sign("provider_rejected", INTERNAL | {501}, names=(
        r"validation", r"invalidrequest", r"badrequest", r"unprocessable",
    ), words=(
        r"(?:does ?n[o']t|does not|do not) support", r"unsupported", r"not supported",
        r"requires --")),
)  # fmt: skip
