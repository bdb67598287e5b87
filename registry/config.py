"""
models.yaml → a validated, frozen configuration, or ConfigError with every mistake and its place.

    bytes ──document──▶ tree ──compat──▶ v2 tree ──schema──▶ ModelsConfig ──rules──▶ Config

Pure: the caller hands in the bytes and the environment. `${VAR}` is resolved last and only where
`registry.schema` allows it, so that nothing secret can appear in a message about the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from registry import compat, document
from registry.access import Access, resolve_access
from registry.errors import ConfigError, Problem
from registry.mend import in_unknown_section, mend
from registry.rules import check
from registry.schema import ModelsFile, explain, misplaced_variables, values_absent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.schema import ModelsConfig


@dataclass(frozen=True, slots=True)
class Config:
    """What one version of models.yaml says.

    `revision` is the hash of the file's bytes, equal on every worker that read the same file.
    `access` tells, per provider, where it is and with which headers; it holds the secrets.
    """

    models: ModelsConfig
    access: Mapping[str, Access]
    revision: str
    warnings: tuple[Problem, ...]
    root: document.Node = field(repr=False)

    def line(self, *path: str) -> int:
        """Return the line on which `path`, below `models`, stands."""
        return document.place(self.root, ("models", *path), key=True)[0]


def load(source: bytes, environ: Mapping[str, str], file: str = "models.yaml") -> Config:
    """Return the configuration in `source`. Raises ConfigError, which names `file`."""
    try:
        return _load(source, environ)
    except ConfigError as error:
        raise ConfigError(error.problems, file) from None


def _load(source: bytes, environ: Mapping[str, str]) -> Config:
    root, warnings = compat.upgrade(document.parse(source))
    data = document.to_data(root)
    problems = [_placed(root, path, text) for path, text in misplaced_variables(data)]
    models = _validate(data, root, problems)
    access = {}
    for name, provider in models.providers.items():
        access[name], found = resolve_access(name, provider, environ)
        problems += [_placed(root, ("models", name, *path), text) for path, text in found]
    mistakes, doubts = check(models)
    problems += [_placed(root, ("models", *path), text) for path, text in mistakes]
    if problems:
        raise ConfigError(problems)
    warnings += [_placed(root, ("models", *path), text) for path, text in doubts]
    revision = hashlib.sha256(source).hexdigest()[:12]
    return Config(models, access, revision, tuple(sorted(warnings)), root)


def _validate(data: Any, root: document.Node, problems: list[Problem]) -> ModelsConfig:
    """Return the configuration without what is misshapen, which is added to `problems`.

    The rest is checked on, so that one pass finds every mistake. Raises ConfigError if no rest
    is left.
    """
    for attempt in range(5):
        try:
            models = ModelsFile.model_validate(data).models
            problems += [_placed(root, path, text, key=True) for path, text in values_absent(data)]
            return models
        except ValidationError as error:
            found = error.errors(include_url=False)
        if attempt == 0:  # later ones come from the mending
            explained = [explain(one, data) for one in found]
            problems += [
                _placed(root, path, text, key=key)
                for path, text, key in explained
                if not in_unknown_section(data, path)
            ]
        left = [mend(data, one) for one in found]
        if not all(left):
            break
    raise ConfigError(problems)


def _placed(
    root: document.Node, path: tuple[str | int, ...], message: str, *, key: bool = False
) -> Problem:
    return Problem(*document.place(root, path, key=key), message)
