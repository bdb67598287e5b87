"""
Fits a caller's request to the provider that was chosen: what passes, what is dropped, what is not.

One rule for every field. What is known passes. What is dangerous is refused, with its path and the
remedy, at any depth of a server's options, but not in what is the caller's own: schemas,
arguments of tools, metadata, text. The rest is dropped and reported, unless models.yaml lets it
pass; if it would constrain the answer, it is refused rather than dropped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chat.requests.counts import check_counts
from chat.requests.dangers import (
    Options,
    check_constraints,
    check_name,
    check_notes,
    check_tools,
    may_use,
    refused,
    refused_field,
)
from chat.requests.fields import COMPLETION, FREE, KNOWN, REQUEST, plain
from chat.requests.messages import fit_messages
from registry.usage import count_dropped

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry.entities import Provider, Resolution

LOOKALIKES = REQUEST | {"web_search_options"}
# Of a flat form: servers embed whole chats, too, and load what is in them. Where an answer can be
# streamed, `stream` is known.
UNPASSED = REQUEST | {"stream"}
COUNTED = {"include_usage": True}  # what nearly every stream asks for, and no more
CACHE = frozenset({"cacheprompt", "cachesalt"})  # as `plain` has them: whose prompts are reused
# What a provider keeps, or bills at another price, unless models.yaml lists it in `pass`.
COSTLY: dict[str, tuple[Any, ...]] = {"store": (False,), "service_tier": ("auto", "default")}
PASSED = Options(sent=True)
UNLISTED = Options(sent=True, strict=True)
DROPPED = Options(sent=False)


def fit(body: dict[str, Any], resolution: Resolution) -> tuple[dict[str, Any], Resolution]:
    """Return a checked chat request as its provider gets it, and the resolution that reports it.

    Raises PortalError `invalid_request` for what is refused.
    """
    fitted, dropped = allowed(body, resolution.provider)
    if more := resolution.provider.wire.fit(fitted):
        dropped.update(dict.fromkeys(more))
    return fitted, report(resolution, dropped) if dropped else resolution


def allowed(body: dict[str, Any], provider: Provider) -> tuple[dict[str, Any], dict[str, None]]:
    """Return what of a chat request a provider may get, whatever its wire format, and what not.

    Raises PortalError `invalid_request` for what is refused.
    """
    dropped: dict[str, None] = {}
    fitted = _fields(body, provider, dropped)
    fitted["messages"] = fit_messages(
        body["messages"], dropped, fetches=provider.fetches, keep_all=provider.passes_all
    )
    if tools := body.get("tools"):
        check_tools(tools, provider)
    return fitted, dropped


def report(resolution: Resolution, dropped: Collection[str]) -> Resolution:
    """Return the resolution with the names of fields that were dropped, and count them."""
    if not dropped:
        return resolution
    count_dropped(resolution.provider.name, len(dropped))
    return replace(resolution, dropped=(*resolution.dropped, *dropped))


def fit_completion(
    body: dict[str, Any], resolution: Resolution
) -> tuple[dict[str, Any], Resolution]:
    """As `fit`, for a checked request of a raw completion."""
    provider, model = resolution.provider, resolution.model
    if _has_tokens(body["prompt"]) and not (model and model.ref.tokenizer):
        raise refused(
            "prompt: numbers of tokens mean something to one tokenizer only. Send text, or ask an "
            "operator to name the model's `tokenizer`.",
            "prompt",
        )
    dropped: dict[str, None] = {}
    fitted = _fields(body, provider, dropped, COMPLETION)
    dropped.update(dict.fromkeys(provider.wire.fit_completion(fitted)))
    return fitted, report(resolution, dropped)


def _has_tokens(prompt: Any) -> bool:
    return isinstance(prompt, list) and not all(isinstance(text, str) for text in prompt)


def fit_known(
    body: dict[str, Any], resolution: Resolution, known: Collection[str]
) -> tuple[dict[str, Any], Resolution]:
    """As `fit`, for a checked request of a flat form: what is known, or let through, passes."""
    check_counts(body)
    provider = resolution.provider
    unknown = {name for name in body.keys() - set(known) if body[name] is not None}
    passed = unknown if provider.passes_all else unknown & provider.passes
    passed = {name for name in passed - UNPASSED if not _is_ours(name, provider)}
    for name in passed:
        check_name(name, UNPASSED)
    for name in passed:
        _options(name, provider).check({name: body[name]}, "")
    DROPPED.check({name: body[name] for name in unknown - passed}, "")
    fitted = {name: v for name, v in body.items() if name in known or name in passed}
    return fitted, report(resolution, sorted(unknown - passed))


def _options(name: str, provider: Provider) -> Options:
    """Return what examines an unknown field: strictly, unless an operator has named it."""
    return PASSED if name in provider.passes else UNLISTED


def is_costly(name: str, value: Any, provider: Provider) -> bool:
    """Would a provider keep the request, or bill another price?"""
    return name in COSTLY and value not in (None, *COSTLY[name]) and name not in provider.passes


def _is_ours(name: str, provider: Provider) -> bool:
    """Is it a field about a cache that several people share?"""
    return plain(name) in CACHE and bool(provider.shared_cache or provider.cache_salt)


def _fields(
    body: dict[str, Any],
    provider: Provider,
    dropped: dict[str, None],
    known: Collection[str] = KNOWN,
) -> dict[str, Any]:
    """Return the fields that pass, and add the names of the others to `dropped`."""
    fitted = {}
    check_counts(body)
    for name, value in body.items():
        if _is_ours(name, provider) or is_costly(name, value, provider):
            dropped[name] = None
        elif name in known:
            if isinstance(value, (dict, list)) and name not in FREE and value != COUNTED:
                PASSED.check({name: value}, "")
            fitted[name] = value
        elif value is not None:  # a null asks for nothing, and strict servers refuse its name
            check_name(name, LOOKALIKES)
            if provider.passes_all or name in provider.passes:
                _options(name, provider).check({name: value}, "")
                fitted[name] = value
            else:
                DROPPED.check({name: value}, "")
                check_constraints(name, value)
                dropped[name] = None
    check_notes(body.get("metadata"), "metadata")
    if "web_search_options" in body and not may_use("web_search", provider):
        raise refused_field("web_search_options", "what a provider searches")
    return fitted
