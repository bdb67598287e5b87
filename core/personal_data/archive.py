"""
A person's data as one archive: a zip file that is written as it is read.

It holds a JSON file for each kind, and Markdown for what people read. Only one page of rows is in
memory, and the pieces that are not read yet.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from typing import IO, TYPE_CHECKING, Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from core.personal_data.kinds import each, personal_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.contrib.auth.models import User

    from core.personal_data.kinds import Kind

PIECE = 64 * 1024  # bytes of the archive that are yielded at once
README = """\
# Your data in the AI models portal

Person: {name}. Written: {at:%Y-%m-%d %H:%M %Z}.

Each JSON file is one kind of data, with all that is stored of it but secrets: hashes of passwords
and tokens are left out. The folders hold the same conversations and questions as Markdown.

| file | what it is |
|---|---|
{rows}
"""


class _Sink:
    """A file that cannot seek: it keeps what is written until that is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts, self.size = [], 0
        return data


def archive(user: User, counts: Counter[str] | None = None) -> Iterator[bytes]:
    """Yield the archive of all data about `user`. `counts` gets the rows of each kind."""
    counts = Counter() if counts is None else counts
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as file:
        for name, pieces in _files(user, counts):
            with file.open(_info(name), "w", force_zip64=True) as entry:
                for piece in pieces:
                    entry.write(piece.encode("utf-8", "replace"))
                    if sink.size >= PIECE:
                        yield sink.take()
    yield sink.take()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _files(user: User, counts: Counter[str]) -> Iterator[tuple[str, Iterable[str]]]:
    yield "README.md", [_readme(user)]
    for kind in personal_data.kinds.values():
        yield f"{kind.name}.json", _json(kind, user, counts)
        if kind.texts:
            for row in each(kind.of(user)):
                name, pieces = kind.texts(row)
                yield f"{kind.name}/{name}", pieces


def _readme(user: User) -> str:
    rows = [f"| {kind.name}.json | {kind.title} |" for kind in personal_data.kinds.values()]
    return README.format(name=user.get_username(), at=timezone.localtime(), rows="\n".join(rows))


def _json(kind: Kind, user: User, counts: Counter[str]) -> Iterator[str]:
    """Yield a JSON array, row by row."""
    separator = "[\n"
    for row in each(kind.of(user)):
        yield separator + _dump(kind.exported(row))
        counts[kind.name] += 1
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _dump(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)
