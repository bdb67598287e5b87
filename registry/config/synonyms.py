"""Keys that other programs have for what models.yaml has: `base_url` is `endpoint`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.text import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.yaml.tree import Path

_PROVIDER = {
    "endpoint": ("baseurl", "apibase", "url", "uri", "apiurl", "address", "server", "baseuri",
                 "openaiapibase", "openaibaseurl", "apiendpoint", "endpointurl", "hosturl"),
    "endpoints": ("baseurls", "apibases", "urls", "uris", "hosts", "addresses", "servers",
                  "endpointurls", "backends", "upstreams", "replicas", "deployments"),
    "api_key": ("apikey", "key", "token", "secret", "apitoken", "accesstoken", "apikeyenv"),
    "registry": ("model", "models", "modellist", "defaultmodel", "modelname"),
    "api": ("type", "provider", "format", "kind", "wire", "adapter", "apitype", "protocol"),
    "headers": ("extraheaders", "customheaders", "defaultheaders", "requestheaders"),
    "timeout": ("requesttimeout", "timeoutseconds", "readtimeout"),
}  # fmt: skip
_MODEL = {
    "title": ("name", "displayname", "label", "modelname", "alias"),
    "context_window": ("contextlength", "context", "ctx", "contextsize", "numctx", "maxcontext",
                       "maxinputtokens", "nctx", "maxmodellen", "contextwindowsize"),
    "options": ("parameters", "params", "settings", "defaults", "defaultparams", "extrabody",
                "temperature", "maxtokens", "maxoutputtokens", "topp", "topk", "minp", "seed"),
    "capabilities": ("roles", "role", "type", "types", "mode", "modes", "capability", "tasks"),
    "price": ("pricing", "cost", "prices"),
}  # fmt: skip
_OTHERS = {
    2: {word: key for key, words in _PROVIDER.items() for word in words},
    4: {word: key for key, words in _MODEL.items() for word in words},
}


def meant(path: Path, known: Collection[str]) -> str | None:
    """Return which of `known` the unknown key at the end of `path` most likely means, or None."""
    key = str(path[-1])
    plain = re.sub(r"[\W_]", "", key).lower()
    same = next((name for name in known if name.replace("_", "") == plain), None)
    other = _OTHERS.get(len(path) - 1, {}).get(plain)
    if other == "endpoint" and path[1] == "ollama":
        other = "host"
    return same or (other if other in known else None) or nearest(key, known)
