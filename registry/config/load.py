"""
models.yaml → a validated, frozen configuration, or ConfigError with every mistake and its place.

    bytes ──document──▶ tree ──compat──▶ v2 tree ──schema──▶ ModelsConfig ──rules──▶ Config

Pure: the caller hands in the bytes and the environment. `${VAR}` is resolved last, and only where
`registry.schema` allows it; what a message quotes of the file goes through `ids.quote`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from core import strict_yaml as document
from core.errors import ConfigError, Problem
from core.text import nearest
from registry.config import upgrade as compat
from registry.config.endpoint import Endpoint, resolve_endpoint
from registry.config.rules import check
from registry.config.salvage import Path, in_unknown_section, mend
from registry.config.schema import (
    ModelsFile,
    explain,
    fields_at,
    misplaced_variables,
    values_absent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from registry.config.schema import ModelsConfig


@dataclass(frozen=True, slots=True)
class Config:
    """What one version of models.yaml says.

    `revision` is the hash of the file's bytes, equal on every worker that read the same file.
    `endpoints` tells, per provider, where it is and with which headers; it holds the secrets.
    """

    models: ModelsConfig
    endpoints: Mapping[str, Endpoint]
    revision: str
    warnings: tuple[Problem, ...]
    root: document.Node = field(repr=False)

    def line(self, *path: str) -> int:
        """Return the line on which `path`, below `models`, stands."""
        return document.place(self.root, ("models", *path), key=True)[0]


def load(source: bytes, environ: Mapping[str, str] | None, file: str = "models.yaml") -> Config:
    """Return the configuration in `source`. Raises ConfigError, which names `file`.

    Without an environment no variable is looked up: providers that need one are unconfigured.
    """
    try:
        return _load(source, environ)
    except ConfigError as error:
        raise ConfigError(error.problems, file) from None


def revision_of(source: bytes) -> str:
    """Return what tells this content of the file from others; equal on all workers."""
    return hashlib.sha256(source).hexdigest()[:12]


def _load(source: bytes, environ: Mapping[str, str] | None) -> Config:
    root, problems = document.parse(source)
    root, warnings, old = compat.upgrade(root)
    problems += old
    data = document.to_data(root)
    problems += [_placed(root, path, text) for path, text in misplaced_variables(data)]
    models, dropped = _shaped(data, root, problems)
    endpoints = {}
    for name, provider in models.providers.items():
        endpoints[name], found = resolve_endpoint(name, provider, environ)
        problems += [_placed(root, ("models", name, *path), text) for path, text in found]
    mistakes, doubts = check(models, dropped)
    problems += [_placed(root, ("models", *path), text) for path, text in mistakes]
    if dropped and not problems:  # cannot be; but a part must never be left out without a word
        problems.append(_placed(root, ("models",), "A part of this section cannot be read."))
    if not problems and not any(section.registry for section in models.providers.values()):
        nothing = "No model is listed. List one under a provider's `registry`."
        problems.append(_placed(root, ("models",), nothing))
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    warnings += [_placed(root, ("models", *path), text) for path, text in doubts]
    return Config(models, endpoints, revision_of(source), tuple(sorted(warnings)), root)


def _shaped(
    data: Any, root: document.Node, problems: list[Problem]
) -> tuple[ModelsConfig, set[Path]]:
    """Return the configuration without what is misshapen, and the paths of what was left out.

    What is misshapen is added to `problems`; the rest is checked on, so that one pass finds every
    mistake. Raises ConfigError if no rest is left.
    """
    dropped: set[Path] = set()
    for attempt in range(5):
        try:
            models = ModelsFile.model_validate(data).models
            problems += [_placed(root, path, text, key=True) for path, text in values_absent(data)]
            return models, dropped
        except ValidationError as error:
            found = _first_causes(error.errors(include_url=False))
        if attempt == 0:  # later ones come from the mending
            for one in found:
                path, text, key = explain(one, data)
                if not in_unknown_section(data, path):
                    problems.append(_placed(root, path, text, key=key))
        left = [mend(data, one, dropped) for one in found]
        if not all(left):
            break
    raise ConfigError(problems)


def _first_causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return `errors` without what follows from others of them.

    That is: lists called too short because their items are wrong, and keys called missing because
    they are misspelt.
    """
    above = {error["loc"][:-1] for error in errors}
    misspelt = {
        (*e["loc"][:-1], nearest(str(e["loc"][-1]), fields_at(e["loc"][:-1])))
        for e in errors
        if e["type"] == "extra_forbidden"
    }
    return [
        e
        for e in errors
        if not (e["type"] == "too_short" and e["loc"] in above)
        and not (e["type"] == "missing" and e["loc"] in misspelt)
    ]


def _placed(root: document.Node, path: Path, message: str, *, key: bool = False) -> Problem:
    return Problem(*document.place(root, path, key=key), message)
