"""
The registry's objects: providers, models, primaries, and the resolution of a request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import msgspec

from core.access import Groups, may_use
from registry.metering.records import Chosen
from registry.model_id import serves, spelled
from registry.providers import WIRES
from registry.providers.wire import Target, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.config.endpoint import Endpoint
    from registry.config.schema import ModelRef, Serve


MAX_DROPPED = 10  # names in a header; the resolution has all


@dataclass(frozen=True, slots=True)
class Provider:
    """A section of models.yaml. `api` names its wire format.

    Of several servers, `servers` has one like it for each, whose `server` is its address.
    """

    name: str
    api: str
    endpoint: Endpoint
    timeout: float | None
    deny_unlisted: bool
    allow: Groups | None
    serves: bool  # does `manage.py serve_model` run it on this machine?
    local: bool  # may it see schemas of local_only data sources?
    fetches: bool = False  # may callers send https addresses of images?
    tools: frozenset[str] = frozenset()  # hosted tools that callers may use
    passes: frozenset[str] = frozenset()  # fields that pass although the portal does not know them
    passes_all: bool = False
    apis: frozenset[str] = frozenset()  # what the server speaks beside its wire format
    first_byte: float | None = None  # seconds until a streamed answer begins
    shared_cache: bool = False  # are cached tokens and times for operators only?
    cache_salt: str = ""  # whose prompts share its cache: person, groups, or everyone's
    server: str = ""
    servers: tuple[Provider, ...] = ()
    guarded: Mapping[str, tuple[Groups, ...]] = field(default_factory=dict)
    # ^ who may use what other sections list of the same server, by `spelled`
    data: str = ""  # what it does with texts, for people
    absent: str = ""  # what to do, if its model file is not on this machine
    weights: Serve | None = None  # the file that is served on this machine

    @property
    def key(self) -> str:
        """Its name, and which server it is: unique among all servers."""
        return f"{self.name}@{self.server}" if self.server else self.name

    @property
    def each(self) -> tuple[Provider, ...]:
        """Its servers, or itself."""
        return self.servers or (self,)

    def takes_unlisted(self, groups: Groups | None, name: str = "") -> bool:
        """May members of `groups` name models that the file does not list here? This one?"""
        if self.deny_unlisted or not may_use(self.allow, groups):
            return False
        return all(may_use(allow, groups) for allow in self.guarded.get(spelled(name), ()))

    @property
    def configured(self) -> bool:
        return not self.endpoint.missing and not self.absent

    def speaks(self, api: str) -> bool:
        """Does the server have this API itself: a wire format, or one beside it?"""
        return api == self.api or api in self.apis

    @property
    def wire(self) -> Wire:
        return WIRES[self.api]

    @property
    def detail(self) -> str:
        """What keeps this provider unconfigured: variables, and why; or its model's file."""
        variables = [
            f"{name} {why}" if why.startswith("holds") else f"{name} is {why}"
            for name, why in self.endpoint.missing.items()
        ]
        return "; ".join([*variables, *filter(None, [self.absent])])


@dataclass(frozen=True, slots=True)
class Model:
    """A listed model. `line` is where models.yaml lists it."""

    id: str
    provider: str
    name: str
    ref: ModelRef
    allow: Groups | None
    line: int

    @property
    def title(self) -> str:
        return self.ref.title or self.name

    @property
    def capabilities(self) -> tuple[str, ...]:
        return self.ref.capabilities

    def serves(self, capability: str) -> bool:
        """Return whether it may be used for `capability`: it has that, or one that will do."""
        return serves(self.capabilities, capability)


@dataclass(frozen=True, slots=True)
class Primary:
    """A choice made at run time, which overrides the file's default. `at` is ISO 8601 in UTC."""

    model: str
    by: str
    at: str
    reason: str = ""


class Tried(NamedTuple):
    """A model that was asked, or skipped, in vain: the error's code, and how long it took."""

    id: str
    code: str
    seconds: float
    server: str = ""  # if its provider has several

    def as_dict(self) -> dict[str, Any]:
        fields = self._asdict()
        if not self.server:
            del fields["server"]
        return fields


@dataclass(frozen=True)  # without slots, so that its cached properties can be stored
class Resolution:
    """The model to use, and why: `resolved_by` is override, primary, default or fallback.

    `revision` identifies the content of models.yaml that was used. `fallbacks` may be asked if this
    model does not answer. `tried` is what failed before; of a fallback, `asked` is the model that
    was meant, and `because` the code of its error. `server` is the one of the provider's that is
    asked, if it has several.
    """

    capability: str
    provider: Provider
    name: str
    id: str
    registry: bool
    resolved_by: str
    revision: str
    model: Model | None = None
    dropped: tuple[str, ...] = ()  # fields of the caller's request that were not sent
    fallbacks: tuple[Resolution, ...] = field(default=(), repr=False)
    offers: tuple[str, ...] = ()  # fallbacks that the caller did not ask for
    asked: str = ""
    because: str = ""
    tried: tuple[Tried, ...] = ()
    server: Provider | None = None
    identifiers: tuple[str, ...] = ()  # kinds, for which the request stays in the house

    @property
    def at(self) -> Provider:
        """The server that is asked."""
        return self.server or self.provider

    @property
    def is_notable(self) -> bool:
        """Is there more to say than which model answers?"""
        return bool(self.tried or self.server or self.identifiers)

    def as_dict(self) -> dict[str, Any]:
        return {
            "provider": self.provider.name,
            "name": self.name,
            "id": self.id,
            "registry": self.registry,
            "resolved_by": self.resolved_by,
            "revision": self.revision,
            **({"server": self.server.server} if self.server else {}),
            **self._notice(),
            **({"identifiers": list(self.identifiers)} if self.identifiers else {}),
            **({"dropped": list(self.dropped)} if self.dropped else {}),
            **({"asked": self.asked, "because": self.because} if self.asked else {}),
            **({"tried": [attempt.as_dict() for attempt in self.tried]} if self.tried else {}),
        }

    def _notice(self) -> dict[str, Any]:
        """Return the fields that only a deprecated model has."""
        if self.model is None or not self.model.ref.deprecated:
            return {}
        return {"deprecated": True, "replacement": self.model.ref.replacement}

    @cached_property
    def as_json(self) -> msgspec.Raw:
        """`as_dict`, encoded."""
        return msgspec.Raw(msgspec.json.encode(self.as_dict()))

    @cached_property
    def header_lines(self) -> list[tuple[bytes, bytes]]:
        """The headers of `resolution_headers`, in the form of ASGI."""
        headers = resolution_headers(self.as_dict())
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]

    @cached_property
    def allow(self) -> Groups | None:
        return self.model.allow if self.model else self.provider.allow

    @cached_property
    def for_all(self) -> bool:
        """May everyone use it, and see all of it?"""
        return self.allow is None and not (self.model and self.model.ref.replacement)

    @cached_property
    def target(self) -> Target:
        """What a wire module needs."""
        endpoint, ref = self.at.endpoint, self.model and self.model.ref
        return Target(
            self.provider.name,
            self.name,
            endpoint.base_url,
            endpoint.headers,
            ref.options if ref else {},
            ref.context_window if ref else None,
        )

    @cached_property
    def chosen(self) -> Chosen:
        """What the ledger says of it."""
        prices = self.model.ref.price if self.model else ()
        return Chosen(
            self.capability, self.provider.name, self.server.server if self.server else "",
            self.id, self.asked, self.resolved_by, self.because, self.revision,
            tuple(price.parts for price in prices),
        )  # fmt: skip

    @cached_property
    def timeout(self) -> float | None:
        return (self.model.ref.timeout if self.model else None) or self.provider.timeout

    @cached_property
    def first_byte(self) -> float | None:
        """The timeout of a streamed answer: `timeout`, unless the file says `first_byte`."""
        own = self.model.ref.first_byte if self.model else None
        return own or self.provider.first_byte or self.timeout


def resolution_headers(resolution: Mapping[str, Any]) -> dict[str, str]:
    """Return headers for `Resolution.as_dict`: which model answers, and why."""
    headers = {
        "X-Model": resolution["id"],
        "X-Model-Listed": "true" if resolution["registry"] else "false",
        "X-Resolved-By": resolution["resolved_by"],
        "X-Revision": resolution["revision"],
    }
    if "deprecated" in resolution:
        headers["X-Model-Deprecated"] = resolution["replacement"] or "true"
    if "identifiers" in resolution:
        headers["X-Identifiers"] = ", ".join(resolution["identifiers"])
    if "server" in resolution:
        headers["X-Server"] = resolution["server"]
    if "tried" in resolution:
        headers["X-Attempts"] = str(len(resolution["tried"]) + 1)
    if "dropped" in resolution:
        names = resolution["dropped"][:MAX_DROPPED]
        headers["X-Dropped"] = ", ".join(quote(name, safe=".[]")[:100] for name in names)
    return headers
