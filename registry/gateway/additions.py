"""
Fields that the portal adds to requests, and takes back where a model refuses them.

    stream_options, encoding_format      added by the wire format
    temperature, stop                    added by the SQL workflow

Reasoning models refuse `temperature: 0`, some servers each field that they do not know. A refusal
that names such a field is repeated without it, and remembered until the provider's address changes.
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
_refused: dict[tuple[str, str], frozenset[str]] = {}  # address and model → fields


class Additions:
    """What the portal adds to one request: `fields` of the body, and those of the wire format."""

    __slots__ = ("_fields", "_key", "_may_add", "omit")

    def __init__(self, resolution: Resolution, fields: Collection[str] = ()) -> None:
        self._key = (resolution.provider.endpoint.base_url, resolution.name)
        self._fields = fields
        self._may_add = (*fields, *resolution.provider.wire.ADDED)
        self.omit = _refused.get(self._key, frozenset())

    def apply(self, target: Target, body: Body) -> tuple[Target, Body]:
        """Return the request without the fields that the model has refused."""
        if not self.omit:
            return target, body
        left_out = self.omit.intersection(self._fields)
        body = {name: value for name, value in body.items() if name not in left_out}
        return replace(target, omit=self.omit), body

    def take_back(self, error: PortalError) -> bool:
        """Remember the field of ours that `error` names. Return whether it is a new one."""
        if error.code != "provider_rejected" or not error.provider:
            return False
        words = f"{error.provider['param'] or ''} {error.provider['message'] or ''}"
        for name in self._may_add:
            if name not in self.omit and re.search(rf"(?<!\w){name}(?!\w)", words):
                if len(_refused) >= MAX_MODELS:
                    _refused.clear()
                _refused[self._key] = self.omit = self.omit | {name}
                return True
        return False
