"""
Fields that the portal adds to requests, and takes back where a model refuses them.

    stream_options, encoding_format      added by the wire format
    temperature, stop                    added by the SQL workflow
    max_completion_tokens                the caller's max_tokens by its other name

Reasoning models refuse `temperature: 0`, some servers each field that they do not know. A refusal
that names such a field is repeated without it. If that helps, it is remembered until the provider's
address changes. What the caller had written into such a field is reported as dropped.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.errors import PortalError
    from registry.entities import Resolution
    from registry.providers.wire import Body, Target

MAX_MODELS = 1000
LIMIT, RENAMED = "max_tokens", "max_completion_tokens"  # models take one of them, or both
_refused: dict[tuple[str, str], frozenset[str]] = {}  # address and model → fields


class Additions:
    """What the portal adds to one request: `fields` of the body, and those of the wire format.

    `kind` is the call: chat, stream, embed, complete or native, which adds nothing.
    """

    __slots__ = ("_by_wire", "_fields", "_key", "_renames", "_taken_back", "omit")

    def __init__(self, resolution: Resolution, kind: str, fields: Collection[str] = ()) -> None:
        self._key = (resolution.at.endpoint.base_url, resolution.name)
        self._fields = fields
        self._by_wire = resolution.provider.wire.ADDED.get(kind, ())
        self._renames = kind in ("chat", "stream")
        self._taken_back = False
        self.omit = _refused.get(self._key, frozenset())

    def apply(self, target: Target, body: Body) -> tuple[Target, Body]:
        """Return the request without the fields that the model has refused."""
        if not self.omit:
            return target, body
        left_out = self.omit.intersection(self._fields)
        body = {name: value for name, value in body.items() if name not in left_out}
        if self._renames and LIMIT in self.omit and body.get(LIMIT) is not None:
            body = {RENAMED: body.pop(LIMIT), **body}
        return replace(target, omit=self.omit), body

    def dropped(self, body: Body) -> tuple[str, ...]:
        """Return the names of `body`'s fields that are left out."""
        if not self.omit:
            return ()
        names = (*self._fields, *self._by_wire)
        return tuple(name for name in names if name in self.omit and body.get(name))

    def take_back(self, error: PortalError, body: Body) -> bool:
        """Leave out the field of ours that `error` names. Return whether it is a new one.

        `max_tokens` of the caller's `body` is renamed if `error` names its other name.
        """
        if error.code != "provider_rejected" or not error.provider:
            return False
        words = f"{error.provider['param'] or ''} {error.provider['message'] or ''}"
        named = [name for name in (*self._fields, *self._by_wire) if _names(words, name)]
        if self._renames and body.get(LIMIT) is not None and _names(words, RENAMED):
            named.append(LIMIT)
        new = next((name for name in named if name not in self.omit), None)
        if new is None:
            return False
        self.omit, self._taken_back = self.omit | {new}, True
        return True

    def succeeded(self) -> None:
        """Remember what was taken back: without it the request was answered."""
        if self._taken_back:
            if len(_refused) >= MAX_MODELS:
                _refused.clear()
            _refused[self._key] = _refused.get(self._key, frozenset()) | self.omit


def _names(words: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words))
