"""
HMACs of what was asked, and of what was answered: who has a text can show that it is the one.

A mac is of its kind, a zero byte, the 16 bytes of the call's ID, and the text in UTF-8: so none is
that of another row, and equal texts do not look equal. docs/ledger.md has the form.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from hmac import HMAC
from typing import Any

import msgspec

from core.http.decoding import submit
from registry.metering import keys

USE = b"the ledger's texts"
PROMPT, ANSWER = b"prompt\0", b"answer\0"
FIELDS = (
    "messages", "prompt", "suffix", "input", "system", "instructions", "query", "documents",
)  # fmt: skip
LARGE = 64 * 1024  # bytes of a text that is hashed in a thread
Later = bytes | Future[bytes]
_encoder = msgspec.json.Encoder(order="sorted")


def prompt_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request that the model reads as its prompt."""
    return {name: body[name] for name in FIELDS if name in body and body[name] is not None}


def canonical(prompt: Mapping[str, Any]) -> bytes:
    """Return a prompt as JSON in its only form; nothing for one that no provider can get."""
    try:
        return _encoder.encode(prompt) if prompt else b""
    except (ValueError, TypeError, OverflowError, RecursionError):
        return b""


def mac_of(begun: HMAC, kind: bytes, call: bytes, text: bytes) -> bytes:
    """Return the mac of a call's text, by `keys.begun(USE)`. Of no text there is none."""
    if not text:
        return b""
    mac = begin(begun, kind, call)
    mac.update(text)
    return mac.digest()


def begin(begun: HMAC, kind: bytes, call: bytes) -> HMAC:
    """Return the mac of a text of which nothing has come yet."""
    mac = begun.copy()
    mac.update(kind + call)
    return mac


def is_of(mac: bytes, kind: bytes, call: bytes, text: bytes) -> bool:
    """Is it the mac of this text, by one of the keys?"""
    data = b"".join((kind, call, text))
    macs = (hmac.digest(key, data, "sha256") for key in keys.all_keys(USE))
    return any(hmac.compare_digest(mac, one) for one in macs)


def made(make: Callable[[], bytes], size: int) -> Later:
    """Return `make()`, or what will be it, from a thread, for a text of a large size."""
    return make() if size <= LARGE else submit(make)


def then(mac: Later, use: Callable[[bytes], None]) -> None:
    """Call `use` with a mac, as soon as it is made."""
    if isinstance(mac, bytes):
        use(mac)
    else:
        mac.add_done_callback(lambda done: use(done.result()))
