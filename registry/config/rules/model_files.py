"""Rules of `serve`: where a model's file comes from, and what proves that it is the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from registry.config.endpoint import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.errors import Finding
    from registry.config.schema import Part, Serve

ONE_ORIGIN = "Write one of `url`, `file`, `package` with `file`, or `parts`."


def check_model_file(serve: Serve) -> Iterator[Finding]:
    """Yield the mistakes in `serve`, with paths below it."""
    if not serve.sources:
        yield from _package(serve)
        return
    if serve.package or serve.file:
        yield ("sources",), "Write `package` and `file` below `sources`, or without `sources`."
    for field in ("sha256", "size"):
        if getattr(serve, field) is None:
            yield (), f"'{field}' is missing: `sources` need it, to refuse a wrong file."
    for number, source in enumerate(serve.sources):
        path = ("sources", number)
        if source.parts and (source.url or source.package or source.file):
            yield path, ONE_ORIGIN
        for index, part in enumerate(source.files):
            where = (*path, "parts", index) if source.parts else path
            yield from ((where, message) for message in _part(part))


def _package(serve: Serve) -> Iterator[Finding]:
    for field in ("package", "file"):
        if not getattr(serve, field):
            yield (), f"'{field}' is missing. Name the package and its file, or list `sources`."


def _part(part: Part) -> Iterator[str]:
    if bool(part.url) == bool(part.file) or (part.package and not part.file):
        yield ONE_ORIGIN
    if part.url and (mistake := _url(part.url)):
        yield mistake


def _url(url: str) -> str:
    """Return what is wrong with the address of a file, or nothing. The message has no URL."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not url.isascii() or not url.isprintable() or " " in url:
        return "This is not a URL. Write https://host/path."
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "Write https: others could see and change what is downloaded."
    if parts.username or parts.password:
        return "A URL must not contain a password."
    return ""
