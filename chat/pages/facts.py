"""What the page lists under "Details" of an answer: its model, its times and its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chat.models import Message

WHY = {
    "override": _("your choice"),
    "primary": _("the primary"),
    "default": _("the default"),
}


def facts(message: Message, *, gone: bool) -> list[str]:
    """Return the model, why it was used, its times and its tokens; `gone`: it is not listed now."""
    resolution = message.resolution or {}
    return [
        _model(message.model, resolution),
        *_about_model(resolution, gone=gone),
        *_times(message),
        *_tokens(message.usage or {}),
    ]


def _model(name: str, resolution: Mapping[str, Any]) -> str:
    if asked := resolution.get("asked"):
        instead = gettext("{model} (instead of {asked}: {reason})")
        return instead.format(model=name, asked=asked, reason=resolution.get("because"))
    why = WHY.get(resolution.get("resolved_by", ""))
    return f"{name} ({why})" if why else name


def _about_model(resolution: Mapping[str, Any], *, gone: bool) -> Iterator[str]:
    if server := resolution.get("server"):
        yield gettext("on {server}").format(server=server)
    if gone:
        yield gettext("no longer listed")
    if resolution.get("deprecated"):
        replacement = resolution.get("replacement")
        use = gettext("deprecated: use {model}").format(model=replacement)
        yield use if replacement else gettext("deprecated")


def _times(message: Message) -> Iterator[str]:
    if message.first_token_ms is not None:
        time = seconds(message.first_token_ms)
        yield gettext("first word after {time}").format(time=time)
    if message.duration_ms is not None:
        yield gettext("{time} in all").format(time=seconds(message.duration_ms))


def _tokens(usage: Mapping[str, Any]) -> Iterator[str]:
    counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    if any(type(tokens) is int for tokens in counts):
        prompt, completion = ("?" if tokens is None else tokens for tokens in counts)
        text = gettext("{prompt} tokens in, {completion} out")
        yield text.format(prompt=prompt, completion=completion)


def seconds(milliseconds: int) -> str:
    return f"{number_format(milliseconds / 1000, 1)} s"


def grouped(number: int) -> str:
    """Return a number with its thousands apart."""
    return number_format(number, force_grouping=True)
