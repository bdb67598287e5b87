"""
Signed thoughts, as `encrypted_content` of a reasoning item: callers keep it, and send it back.

It is not encrypted: it holds what the provider sent, for the provider.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from registry.providers.wire import Body

MARK = "portal:"  # before ours; another server's is of no use


def closed(blocks: list[Body]) -> str:
    return MARK + base64.b64encode(msgspec.json.encode(blocks)).decode()


def is_ours(content: Any) -> bool:
    return isinstance(content, str) and content.startswith(MARK)


def opened(content: Any) -> list[Body]:
    """Return the blocks in what `closed` returned; nothing for other content."""
    if not is_ours(content):
        return []
    try:
        data = base64.b64decode(content[len(MARK) :])
        return msgspec.json.decode(data, type=list[dict[str, Any]])
    except ValueError:
        return []
