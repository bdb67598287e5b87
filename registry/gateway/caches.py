"""
The prompt caches of providers, which must not show one person what another asked.

A salt per person or per groups separates the prompts that a server keeps. What an answer says of
the cache is removed from the answers of a provider whose cache is shared; operators see it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.utils.crypto import salted_hmac

from core.person import person, standing
from registry.providers import cache_traces
from registry.providers.events import Chunk, Record
from registry.providers.wire import Completion, Embeddings, Relayed

if TYPE_CHECKING:
    from registry.entities import Provider, Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body, Target

T = TypeVar("T")
SALT = "cache_salt"


def target_of(resolution: Resolution) -> Target:
    """Return what the wire format needs, with the salt of this person where there is one."""
    target, provider = resolution.target, resolution.provider
    if not provider.cache_salt:
        return target
    return replace(target, options={**target.options, SALT: _salt(provider)})


def _salt(provider: Provider) -> str:
    """Return a salt that no one can guess: who knew it would share the cache."""
    groups = standing.get().groups
    names = "*" if groups is None else "\n".join(sorted(groups))
    who = f"person {person.get()}" if provider.cache_salt == "person" else f"groups {names}"
    return salted_hmac("registry.caches", f"{provider.name}\n{who}", algorithm="sha256").hexdigest()


def hides(provider: Provider) -> bool:
    """Is what an answer says of the cache not for this person?"""
    return provider.shared_cache and not standing.get().operator


def shown(answer: T, provider: Provider) -> T:
    """Return a whole answer as this person may see it."""
    return _without(answer) if hides(provider) else answer


def _without(answer: Any) -> Any:
    if isinstance(answer, dict):
        return cache_traces.without(answer)
    if isinstance(answer, Relayed):
        is_json = answer.media_type == "application/json"
        data = cache_traces.without_in_json(answer.data) if is_json else answer.data
        return replace(answer, data=data, usage=_usage(answer.usage))
    if isinstance(answer, Completion):
        inner = cache_traces.without(answer.answer)
        return replace(answer, usage=_usage(answer.usage), answer=inner)
    if isinstance(answer, Embeddings):
        return replace(answer, usage=_usage(answer.usage))
    return answer


def shown_events(events: list[Event], provider: Provider) -> list[Event]:
    """Return the events of a stream as this person may see them."""
    return [_event(event) for event in events] if hides(provider) else events


def _event(event: Event) -> Event:
    if isinstance(event, Record):
        return Record(cache_traces.without_in_json(event.data))
    if isinstance(event, Chunk):
        data = cache_traces.without_in_events(event.data)
        return msgspec.structs.replace(event, data=data, usage=_usage(event.usage))
    return event


def _usage(usage: Body | None) -> Body | None:
    counts: Body | None = cache_traces.without(usage)
    return counts
