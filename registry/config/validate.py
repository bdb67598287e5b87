"""
models.yaml's data → ModelsConfig, and every mistake in its shape.

Invalid parts are reported and removed, so that the rest can still be checked: one pass over the
file finds every mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from core.text import did_you_mean, quote
from core.variables import only_in
from core.yaml.errors import Finding, Mistake, explain, first_causes, no_value, value_at
from core.yaml.lines import text_mistake
from registry.config import alerts
from registry.config.alerts import AlertsConfig, SilenceConfig, TargetConfig
from registry.config.beside import (
    GroupLimits,
    LimitsConfig,
    LocalOnlyConfig,
    NoticeConfig,
    PromptConfig,
)
from registry.config.budgets import BudgetConfig
from registry.config.price import Price
from registry.config.rules.names import outside
from registry.config.salvage import in_unknown_section, remove_part
from registry.config.schema import (
    SETTINGS,
    WITH_VARIABLES,
    ModelRef,
    ModelsFile,
    Part,
    ProviderConfig,
    Serve,
    Source,
)
from registry.config.synonyms import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from core.yaml.tree import Path

ADVICE = {"capabilities": "List what the model can do, for example [chat]."}
DEFAULTS = ("models", "defaults")
FALLBACKS = ("models", "fallbacks")
MAX_ROUNDS = 5  # of removing invalid parts


class Validated(NamedTuple):
    """`file` is None if nothing valid is left. `dropped` has the paths of removed parts."""

    file: ModelsFile | None
    mistakes: list[Mistake]
    dropped: set[Path]


def validate(data: Any) -> Validated:
    """Return the valid part of `data`, which is modified, and the mistakes in its shape."""
    mistakes = [Mistake(*finding) for finding in misplaced_variables(data)]
    dropped: set[Path] = set()
    for attempt in range(MAX_ROUNDS):
        try:
            file = ModelsFile.model_validate(data)
            mistakes += _absent_values(data)
            return Validated(file, mistakes, dropped)
        except ValidationError as error:
            errors = first_causes(error.errors(include_url=False), keys_at, meant)
        if attempt == 0:  # later errors follow from the removals
            known = (e for e in errors if not in_unknown_section(data, e["loc"]))
            mistakes += dict.fromkeys(_explain(e, data) for e in known)
        rest = [remove_part(data, error, dropped) for error in errors]
        if not all(rest):
            break
    return Validated(None, mistakes, dropped)


def _explain(error: ErrorDetails, data: Any) -> Mistake:
    path = error["loc"]
    if len(path) == 2 and error["type"] == "model_type" and value_at(data, path) is not None:
        section = str(path[1])
        if section in ModelsFile.model_fields:
            return Mistake(path, outside(section), at_key=True)
        near = did_you_mean(section, SETTINGS)
        value = value_at(data, path)
        if not near and isinstance(value, str) and (mistake := text_mistake(value)):
            return Mistake(path, mistake)
        if section in ProviderConfig.model_fields:
            return Mistake(path, misplaced(section), at_key=True)
        message = f"{quote(section)} is neither a setting nor a provider's section.{near}"
        return Mistake(path, message, at_key=True)
    return (
        _outside(error) or _misshapen(error, data) or explain(error, data, keys_at, ADVICE, meant)
    )


def _outside(error: ErrorDetails) -> Mistake | None:
    """Return what to do with a setting that is beside `models`."""
    path = error["loc"]
    if len(path) != 1 or path[0] not in SETTINGS:
        return None
    return Mistake(path, f"{quote(str(path[0]))} is outside of `models:`. Indent it.", at_key=True)


def _misshapen(error: ErrorDetails, data: Any) -> Mistake | None:
    """Return what to write where models or defaults are listed in another shape."""
    path, kind = error["loc"], error["type"]
    if path[2:3] == ("pass",) and len(path) == 4 and kind in ("tuple_type", "literal_error"):
        return Mistake(path[:3], "This must be a list of fields, or 'all'.")
    if kind == "tuple_type" and (path[:2] == FALLBACKS or path[-1] == "fallback"):
        return Mistake(path, 'This must be a list: ["provider:name"].')
    if path[2:] == ("endpoints",) and kind == "tuple_type":
        return Mistake(path, 'This must be a list: ["http://host:port/v1"].')
    if path[2:] in (("endpoint",), ("host",)) and isinstance(value_at(data, path), tuple):
        return Mistake(path, "Write several addresses as `endpoints: [...]`.", at_key=True)
    example = _example(path) if kind in ("dict_type", "model_type") else ""
    if not example:
        return None
    value = value_at(data, path)
    if value is None:
        message = f"{quote(str(path[-1]))} has no value. Write a line for each: {example}"
        return Mistake(path, no_value(path[-1], message), at_key=True)
    mistake = text_mistake(value) if isinstance(value, str) and path != DEFAULTS else ""
    return Mistake(path, mistake or f"This must be a mapping, a line for each: {example}")


def _example(path: Path) -> str:
    """Return a line of the mapping at `path`, which lists models or defaults."""
    if path == DEFAULTS:
        return '`chat: "provider:name"`.'
    return "`name: {capabilities: [chat]}`." if path[2:3] == ("registry",) else ""


def misplaced(key: str) -> str:
    """Return the message for a provider's key beside the providers."""
    return f"{quote(key)} is a key of a provider. Indent it below the provider's name."


def keys_at(path: Path) -> list[str]:
    """Return the keys that the mapping at `path` may have."""
    shapes: dict[int, type[BaseModel]] = {
        0: ModelsFile, 2: ProviderConfig, 3: Serve, 4: ModelRef, 5: Price, 6: Price,
    }  # fmt: skip
    if path[2:4] == ("serve", "sources"):
        shapes = {5: Source, 7: Part}
    if path[:1] == ("limits",):
        shapes = {1: LimitsConfig, 2: GroupLimits, 3: GroupLimits}
    if path[:1] == ("local_only",):
        shapes = {1: LocalOnlyConfig}
    if path[:1] == ("budgets",):
        shapes = {2: BudgetConfig}
    if path[:1] == ("alerts",):
        shapes = {1: AlertsConfig, 3: SilenceConfig if path[1:2] == ("silence",) else TargetConfig}
    if path[:1] in (("prompts",), ("notices",)):
        shapes = {2: PromptConfig if path[0] == "prompts" else NoticeConfig}
    fields = shapes[len(path)].model_fields.items()
    return [field.alias or name for name, field in fields]


def misplaced_variables(data: Any) -> Iterator[Finding]:
    """Yield each `${` where no variable is replaced."""
    for path, value in _leaves(data):
        if isinstance(value, str) and "${" in value and not _may_vary(path):
            yield path, only_in(alerts.WITH_VARIABLES if path[0] == "alerts" else WITH_VARIABLES)


def _may_vary(path: Path) -> bool:
    """Is `path` in a field with variables, or in one that is another word for it?"""
    if path[:2] == ("alerts", "targets"):
        return path[3:4] != () and path[3] in alerts.WITH_VARIABLES
    known = list(ProviderConfig.model_fields)
    return (
        path[0] == "models"
        and path[2:3] != ()
        and (path[2] in WITH_VARIABLES or (len(path) == 3 and meant(path, known) in WITH_VARIABLES))
    )


def _absent_values(data: Any) -> Iterator[Mistake]:
    """Yield each key without a value that pydantic accepts because the value is optional."""
    for path, value in _leaves(data):
        if value is None and "options" not in path:
            yield Mistake(path, no_value(path[-1]), at_key=True)


def _leaves(data: Any) -> Iterator[tuple[Path, Any]]:
    """Yield every scalar of `data` with its path, and every key that contains a `${`."""
    todo: list[tuple[Path, Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo += [((*path, key), child) for key, child in value.items()]
            todo += [((*path, key), key) for key in value if "${" in key]
        elif isinstance(value, tuple):
            todo += [((*path, index), child) for index, child in enumerate(value)]
        else:
            yield path, value
