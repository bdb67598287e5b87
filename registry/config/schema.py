"""
The shape of models.yaml, once: pydantic classes that validate it and make models.schema.json.

Each field's description is what an editor shows beside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from core.text import did_you_mean, quote
from registry.model_id import PROVIDER_PATTERN
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

CAPABILITIES = ("chat", "sql", "embeddings")
SETTINGS = ("defaults", "capabilities")  # what `models` holds beside providers
VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^{}]*))?\}")
WITH_VARIABLES = ("api_key", "endpoint", "host", "headers")


Finding = tuple[tuple[str | int, ...], str]  # a path in the file, and what is wrong there


class _Strict(BaseModel):
    # hide_input: pydantic would quote the value at fault, which may be a key.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Price(_Strict):
    """What a million tokens cost, in the organisation's currency."""

    input: FiniteFloat = Field(ge=0)
    output: FiniteFloat = Field(ge=0)


class Serve(_Strict):
    """A model file that `manage.py serve_model` serves on this machine, at `endpoint`."""

    package: str = Field(description="The Python package whose files hold the model.")
    file: str = Field(description="The GGUF file's name in that package.")
    context: int = Field(4096, ge=256, le=1_048_576, description="Tokens of context, per slot.")
    slots: int = Field(2, ge=1, le=64, description="How many answers it makes at once.")


class ModelRef(_Strict):
    """One model: what it can do, and how to ask it."""

    id: str | None = Field(None, description="Optional; equals <provider>:<key>.")
    capabilities: tuple[str, ...] = Field(min_length=1, description="chat, sql, embeddings, …")
    title: str | None = Field(None, min_length=1, max_length=200, description="Shown to people.")
    description: str | None = Field(None, max_length=2000)
    context_window: int | None = Field(None, ge=1, le=100_000_000, description="In tokens.")
    timeout: FiniteFloat | None = Field(None, gt=0, le=86_400, description="Seconds to wait.")
    options: dict[str, Any] = Field(
        default_factory=dict, description="Sent with each request; the caller's fields win."
    )
    deprecated: bool = Field(False, description="Still works; people are told to move on.")
    replacement: str | None = Field(
        None, min_length=1, description="The ID of the model to use instead."
    )
    prompt: str | None = Field(
        None, min_length=1, description="The SQL workflow's prompt for this model."
    )
    stop: tuple[str, ...] = Field((), description="Where the SQL workflow ends this model's text.")
    native_dialect: str | None = Field(
        None, min_length=1, description="The SQL dialect this model writes best."
    )
    raw: bool = Field(False, description="The SQL workflow asks it for a completion, not a chat.")
    structured_output: Literal["json_schema", "grammar", "simple", "json_object", "none"] | None = (
        Field(
            None,
            description="How the SQL workflow constrains its replies; unset: as it takes them. "
            "simple: for small models, one or two tables.",
        )
    )
    price: Price | None = None
    allow: tuple[str, ...] | None = Field(None, description="Groups that may use it; unset: all.")


class ProviderConfig(_Strict):
    """One server, and the models that it is used for."""

    api: str | None = Field(
        None,
        description="The wire format; by default the section's own name.",
        json_schema_extra={"enum": list(WIRES)},
    )
    endpoint: str | None = Field(
        None, min_length=1, description="Base URL of an OpenAI-compatible server."
    )
    host: str | None = Field(None, min_length=1, description="Where Ollama listens.")
    api_key: str | None = Field(
        None, min_length=1, description="Write ${VARIABLE}, never the key itself."
    )
    headers: dict[str, str] = Field(default_factory=dict, description="Sent with each request.")
    timeout: FiniteFloat | None = Field(None, gt=0, le=86_400, description="Seconds to wait.")
    unlisted: Literal["allow", "deny"] = Field(
        "allow", description="May callers name models that are not listed here?"
    )
    local: bool = Field(False, description="It may see schemas of local_only data sources.")
    serve: Serve | None = None
    allow: tuple[str, ...] | None = Field(None, description="Groups that may use it; unset: all.")
    registry: dict[str, ModelRef] = Field(default_factory=dict, description="Its models, by name.")


class ModelsConfig(BaseModel):
    """The `models` section: settings, and one section per provider."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, ProviderConfig]

    defaults: dict[str, str] = Field(default_factory=dict, description="capability → model ID")
    capabilities: tuple[str, ...] = Field((), description="Capabilities beside the built-in ones.")

    @property
    def providers(self) -> dict[str, ProviderConfig]:
        return self.__pydantic_extra__


class ModelsFile(_Strict):
    """models.yaml: the AI models that this organisation uses."""

    models: ModelsConfig


def misplaced_variables(data: Any) -> Iterator[Finding]:
    """Yield each `${` where no variable is replaced."""
    for path, value in _leaves(data):
        if isinstance(value, str) and "${" in value and not _may_hold_variables(path):
            yield path, f"${{…}} is replaced only in {', '.join(WITH_VARIABLES)}."


def values_absent(data: Any) -> Iterator[Finding]:
    """Yield each key whose value is missing, where a value is not even required."""
    for path, value in _leaves(data):
        if value is None and "options" not in path:
            yield path, _no_value(path[-1])


def _no_value(key: str | int) -> str:
    return f"'{key}' has no value. Give it one, or delete the line."


def _leaves(data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo += [((*path, key), child) for key, child in value.items()]
            todo += [((*path, key), key) for key in value if "${" in key]
        elif isinstance(value, tuple):
            todo += [((*path, index), child) for index, child in enumerate(value)]
        else:
            yield path, value


def _may_hold_variables(path: tuple[str | int, ...]) -> bool:
    return len(path) > 2 and path[2] in WITH_VARIABLES


def explain(error: ErrorDetails, data: Any) -> tuple[tuple[str | int, ...], str, bool]:
    """Return path, message, and whether the path's key (not its value) is at fault."""
    path, kind = error["loc"], error["type"]
    context = {name: _as_written(value) for name, value in error.get("ctx", {}).items()}
    if kind == "extra_forbidden":
        known = fields_at(path[:-1])
        return (
            path,
            f"{quote(str(path[-1]))} is not a key here.{did_you_mean(str(path[-1]), known)}"
            f" Known: {', '.join(known)}.",
            True,
        )
    if kind == "missing":
        return path, f"'{path[-1]}' is missing.", True
    if path and value_at(data, path, absent="") is None:
        return path, _no_value(path[-1]), True
    if len(path) == 2 and kind == "model_type":
        near = did_you_mean(str(path[1]), SETTINGS)
        return (
            path,
            f"{quote(str(path[1]))} is neither a setting nor a provider's section.{near}",
            True,
        )
    wording = WORDING.get(kind)
    return path, wording.format(**context) if wording else f"{error['msg']}.", False


def _as_written(limit: Any) -> Any:
    """Return a limit as people write it: 86400, not 86400.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


WORDING = {
    "string_type": "This must be text. Put it in quotes.",
    "string_too_short": "This must not be empty.",
    "string_too_long": "This must be at most {max_length} characters long.",
    "int_type": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "float_type": "This must be a number.",
    "bool_type": "This must be true or false.",
    "tuple_type": "This must be a list: [one, two].",
    "dict_type": "This must be a mapping: lines of `key: value`.",
    "model_type": "This must be a mapping: lines of `key: value`.",
    "too_short": "This list must not be empty.",
    "literal_error": "This must be {expected}.",
    "greater_than": "This must be greater than {gt}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
}


def fields_at(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the mapping at `path` may have."""
    if not path:
        return ["models"]
    shapes: dict[int, type[BaseModel]] = {2: ProviderConfig, 3: Serve, 4: ModelRef, 5: Price}
    return list(shapes[len(path)].model_fields)


def value_at(data: Any, path: tuple[str | int, ...], absent: Any = None) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return absent
    return data


def json_schema() -> dict[str, Any]:
    """Return models.yaml's JSON Schema, for editors."""
    schema = ModelsFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    section = schema["$defs"]["ModelsConfig"]
    section["propertyNames"] = {"pattern": f"^{PROVIDER_PATTERN}$"}
    section["properties"]["defaults"]["propertyNames"] = {"pattern": f"^{PROVIDER_PATTERN}$"}
    return schema
