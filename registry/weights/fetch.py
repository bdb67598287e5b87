"""
Fetches the file of a model: from the first of its sources that has the right one.

Nothing is used before its hash was compared. The file gets its name at the end, so that what has
the name is whole. A lock lets one process fetch; others wait for it, and use what it fetched.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from registry.weights.download import download
from registry.weights.errors import BrokenOffError, SourceError, WeightsError, cannot_write, no_room
from registry.weights.places import difference, find, folder, stored, verified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from registry.config.schema import Serve, Source
    from registry.weights.progress import Progress


def fetch(name: str, serve: Serve, progress: Progress) -> Path:
    """Return the model's file, which is downloaded or joined unless it is here.

    Raises WeightsError, with what is wrong at each source.
    """
    if not serve.sources:
        return verified(name, serve)
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with _locked(serve, progress):
            with suppress(WeightsError):
                return verified(name, serve)
            return _first(serve, progress)
    except OSError as error:
        raise cannot_write(folder(), error) from None


@contextmanager
def _locked(serve: Serve, progress: Progress) -> Iterator[None]:
    """Let no other process fetch the same file meanwhile."""
    with stored(serve).with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("Another process fetches this file. Waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _first(serve: Serve, progress: Progress) -> Path:
    """Return the file from the first source that has it."""
    problems = []
    for source in serve.sources:
        try:
            return _from_source(source, serve, progress)
        except (SourceError, BrokenOffError) as error:
            problems.append(f"  {error}")
    raise WeightsError("\n".join(["No source has the file:", *problems, _remedy(serve)]))


def _remedy(serve: Serve) -> str:
    return (
        "Correct `sources` in models.yaml; or, without a network, copy the file from another "
        f"machine to {stored(serve)}."
    )


def _from_source(source: Source, serve: Serve, progress: Progress) -> Path:
    pieces = _pieces(source, serve, progress)
    candidate = pieces[0] if len(pieces) == 1 else _joined(pieces, serve, progress)
    progress.say("Comparing its hash")
    if problem := difference(candidate, serve):
        raise SourceError(f"{problem} It came from {_label(source)}.")
    # A file that is not ours is used where it is.
    return candidate.replace(stored(serve)) if candidate.parent == folder() else candidate


def _pieces(source: Source, serve: Serve, progress: Progress) -> list[Path]:
    """Return the files of a source's parts, which have the declared size together."""
    pieces: list[Path] = []
    before = 0
    for part in source.files:
        limit = (serve.size or 0) - before
        if part.url:
            exact = not source.parts
            report = partial(progress.after, before)
            pieces.append(_downloaded(part.url, serve, limit, exact, report, progress))
        else:
            pieces.append(find(part))
        before += pieces[-1].stat().st_size
    if before != serve.size:
        _remove(pieces)
        raise SourceError(f"{_label(source)}: {before:,} bytes; models.yaml says {serve.size:,}.")
    return pieces


def _downloaded(
    url: str,
    serve: Serve,
    limit: int,
    exact: bool,
    report: Callable[[int], None],
    progress: Progress,
) -> Path:
    """Return the file from `url`, once all of it is here."""
    key = hashlib.sha256(url.encode()).hexdigest()[:12]
    begun = folder() / f"{str(serve.sha256)[:12]}-{key}.part"
    complete = begun.with_suffix(".complete")
    if not complete.is_file():
        _check_room(limit - (begun.stat().st_size if begun.is_file() else 0))
        progress.say(f"Downloading {url.partition('?')[0]}")
        download(url, begun, limit, exact=exact, report=report)
        begun.replace(complete)
    return complete


def _joined(pieces: list[Path], serve: Serve, progress: Progress) -> Path:
    """Join `pieces`. Those that were downloaded are removed, each once it is copied."""
    target = stored(serve).with_suffix(".joining")
    _check_room(serve.size or 0)
    progress.say(f"Joining {len(pieces)} parts")
    with target.open("wb") as whole:
        for piece in pieces:
            with piece.open("rb") as file:
                shutil.copyfileobj(file, whole, 1024 * 1024)
            _remove([piece])
    return target


def _check_room(needed: int) -> None:
    if shutil.disk_usage(folder()).free < needed:
        raise no_room(folder(), f"{needed:,} bytes")


def _remove(files: list[Path]) -> None:
    """Remove those of `files` that were downloaded."""
    for file in files:
        if file.parent == folder():
            file.unlink(missing_ok=True)


def _label(source: Source) -> str:
    """Return a source as a message names it, without what may be secret in its address."""
    if source.parts:
        return f"{len(source.parts)} parts"
    if source.url:
        return source.url.partition("?")[0]
    return f"{source.package} {source.file}" if source.package else str(source.file)
