"""
The schema of models.yaml: pydantic classes that validate it and generate models.schema.json.

Editors show the descriptions of the fields.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from registry.config.alerts import AlertsConfig
from registry.config.beside import LimitsConfig, LocalOnlyConfig, NoticeConfig, PromptConfig
from registry.config.budgets import BudgetConfig
from registry.config.price import Prices
from registry.config.strict import Strict
from registry.model_id import PROVIDER_PATTERN, TITLE
from registry.providers import APIS, WIRES

RELAYED = ("rerank", "transcription", "image_generation")  # the provider's own answer, as it is
CAPABILITIES = ("chat", "sql", "embeddings", *RELAYED, TITLE)
# What `models` holds beside providers.
SETTINGS = ("defaults", "fallbacks", "capabilities", "models_list")
WITH_VARIABLES = ("api_key", "endpoint", "endpoints", "host", "headers")


_Text = Annotated[str, Field(min_length=1)]


class Part(Strict):
    """A file, or a part of one: at an address, in an installed package, or on this machine."""

    url: str | None = Field(None, min_length=1, description="https address to download from.")
    package: str | None = Field(
        None, min_length=1, description="The installed Python package that has the `file`."
    )
    file: str | None = Field(
        None,
        min_length=1,
        description="A path, from the folder of models.yaml; with `package`, a name in it.",
    )


class Source(Part):
    """Where a model file comes from: one file, or parts that are joined in their order."""

    parts: tuple[Part, ...] = Field((), max_length=1000, description="Joined in this order.")

    @property
    def files(self) -> tuple[Part, ...]:
        """Its parts, or itself."""
        return self.parts or (self,)


class Serve(Strict):
    """A model file that `manage.py serve_model` serves on this machine, at `endpoint`."""

    package: str | None = Field(None, description="The Python package whose files hold the model.")
    file: str | None = Field(None, description="The GGUF file's name in that package.")
    sources: tuple[Source, ...] = Field(
        (), description="Tried in this order by `manage.py models fetch`. Needs sha256 and size."
    )
    sha256: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="The file's SHA-256: no other file is used."
    )
    size: int | None = Field(None, ge=1, le=1 << 44, description="The file's bytes.")
    context: int = Field(4096, ge=256, le=1_048_576, description="Tokens of context, per slot.")
    slots: int = Field(2, ge=1, le=64, description="How many answers it makes at once.")
    pooling: Literal["mean", "rank"] = Field(
        "mean", description="rank: the model reranks. mean: it has embeddings."
    )
    prompt_cache: bool = Field(
        False,
        description="Keep the prompts of all people. Faster, but the time of an answer shows what "
        "others asked.",
    )


class ModelRef(Strict):
    """One model: what it can do, and how to ask it."""

    id: str | None = Field(None, description="Optional; equals <provider>:<key>.")
    capabilities: tuple[str, ...] = Field(min_length=1, description=f"{', '.join(CAPABILITIES)}, …")
    title: str | None = Field(None, min_length=1, max_length=200, description="Shown to people.")
    description: str | None = Field(None, max_length=2000)
    system: str | None = Field(
        None, min_length=1, max_length=20_000, description="What pages let it read first."
    )
    context_window: int | None = Field(None, ge=1, le=100_000_000, description="In tokens.")
    timeout: FiniteFloat | None = Field(None, gt=0, le=86_400, description="Seconds to wait.")
    first_byte: FiniteFloat | None = Field(
        None, gt=0, le=86_400, description="Seconds until a streamed answer begins."
    )
    fallback: tuple[str, ...] = Field(
        (), description="IDs of up to two models that answer if this one does not."
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="Sent with each request; the caller's fields win."
    )
    adjustable: tuple[Literal["temperature", "max_tokens"], ...] = Field(
        (), description="What people may choose for its answers on the chat page."
    )
    deprecated: bool = Field(False, description="Still works, with a notice to use another.")
    replacement: str | None = Field(
        None, min_length=1, description="The ID of the model to use instead."
    )
    ends: str | None = Field(
        None,
        description="The last day on which its provider has it, 2026-12-24: alerts come before.",
    )
    prompt: str | None = Field(
        None, min_length=1, description="The SQL workflow's prompt for this model."
    )
    stop: tuple[str, ...] = Field((), description="Where the SQL workflow ends this model's text.")
    native_dialect: str | None = Field(
        None, min_length=1, description="The SQL dialect this model writes best."
    )
    raw: bool = Field(False, description="The SQL workflow asks it for a completion, not a chat.")
    asks: Literal["sql", "ir"] | None = Field(
        None,
        description="What the SQL workflow lets it write: SQL, or the query expression as JSON. "
        "Unset: SQL, unless `manage.py sql eval` found it better at the other.",
    )
    demo: bool = Field(
        False, description="It shows how the portal works; its answers are not to be relied on."
    )
    structured_output: Literal["json_schema", "grammar", "simple", "json_object", "none"] | None = (
        Field(
            None,
            description="How the SQL workflow constrains its query expressions, with `asks: ir`; "
            "unset: as it takes them. simple: for small models, one or two tables.",
        )
    )
    tokenizer: str | None = Field(
        None, min_length=1, description="Whose tokens `input` may hold, in embeddings."
    )
    price: Prices = Field(
        (), description="What it costs; several, with `from`, where it changes on a day."
    )
    allow: tuple[str, ...] | None = Field(None, description="Groups that may use it; unset: all.")


class ProviderConfig(Strict):
    """One server, or several alike, and the models that it is used for."""

    api: str | None = Field(
        None,
        description="The wire format; by default the section's own name.",
        json_schema_extra={"enum": list(WIRES)},
    )
    apis: tuple[str, ...] = Field(
        (),
        description="APIs that the server has besides: their callers are relayed as they are.",
        json_schema_extra={"items": {"type": "string", "enum": list(APIS)}},
    )
    endpoint: str | None = Field(
        None,
        min_length=1,
        description="Base URL of an OpenAI-compatible server, or of Anthropic's API.",
    )
    endpoints: tuple[_Text, ...] = Field(
        (), description="Addresses of several servers of the same models, of any wire format."
    )
    host: str | None = Field(None, min_length=1, description="Where Ollama listens.")
    api_key: str | None = Field(
        None, min_length=1, description="Write ${VARIABLE}, never the key itself."
    )
    headers: dict[str, str] = Field(default_factory=dict, description="Sent with each request.")
    timeout: FiniteFloat | None = Field(None, gt=0, le=86_400, description="Seconds to wait.")
    first_byte: FiniteFloat | None = Field(
        None, gt=0, le=86_400, description="Seconds until a streamed answer begins."
    )
    unlisted: Literal["allow", "deny"] = Field(
        "allow", description="May callers name models that are not listed here?"
    )
    local: bool = Field(False, description="It may see schemas of local_only data sources.")
    data: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        description="What it does with texts, for people who choose a model: where, how long.",
    )
    fetches: bool = Field(False, description="May callers send https addresses of images?")
    tools: tuple[str, ...] = Field(
        (), description="Tools that the server itself runs, and callers may use: web_search, …"
    )
    passes: tuple[str, ...] | Literal["all"] = Field(
        (),
        alias="pass",
        description="Fields that pass although the portal does not know them, or all.",
    )
    shared_cache: bool = Field(
        False,
        description="It keeps prompts, and reports which it had: only operators see cached tokens "
        "and times.",
    )
    cache_salt: Literal["person", "groups"] | None = Field(
        None,
        description="Whose prompts share its cache, by `cache_salt`: one person's, or those of "
        "people of the same groups. For vLLM and SGLang.",
    )
    serve: Serve | None = None
    allow: tuple[str, ...] | None = Field(None, description="Groups that may use it; unset: all.")
    registry: dict[str, ModelRef] = Field(default_factory=dict, description="Its models, by name.")

    @property
    def is_local(self) -> bool:
        """May it see what is `local_only`?"""
        return self.local or self.serve is not None

    @property
    def has_shared_cache(self) -> bool:
        """May its counts and times show one person what another asked?"""
        return self.shared_cache or self.serve is not None


class ModelsConfig(BaseModel):
    """The `models` section: settings, and one section per provider."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, ProviderConfig]

    defaults: dict[str, str] = Field(default_factory=dict, description="capability → model ID")
    fallbacks: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="capability → IDs of up to two models that answer if the chosen one does not",
    )
    capabilities: tuple[str, ...] = Field((), description="Capabilities beside the built-in ones.")

    models_list: Literal["all", "chat"] = Field(
        "all", description="What /v1/models lists for programs that do not filter."
    )

    @property
    def providers(self) -> dict[str, ProviderConfig]:
        return self.__pydantic_extra__


class ModelsFile(Strict):
    """models.yaml: the AI models that this organisation uses, and how much people may use them."""

    models: ModelsConfig
    limits: LimitsConfig = Field(default_factory=LimitsConfig)
    local_only: LocalOnlyConfig = Field(default_factory=LocalOnlyConfig)
    prompts: tuple[PromptConfig, ...] = Field((), max_length=200, description="That pages offer.")
    notices: tuple[NoticeConfig, ...] = Field((), max_length=20, description="Above all pages.")
    budgets: dict[str, BudgetConfig] = Field(
        default_factory=dict, max_length=50, description="How much may be used, by name."
    )
    alerts: AlertsConfig = Field(
        default_factory=AlertsConfig, description="Who is sent what needs attention."
    )


def json_schema() -> dict[str, Any]:
    """Return models.yaml's JSON Schema, for editors."""
    schema = ModelsFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    section = schema["$defs"]["ModelsConfig"]
    section["propertyNames"] = {"pattern": f"^{PROVIDER_PATTERN}$"}
    for name in ("defaults", "fallbacks"):
        section["properties"][name]["propertyNames"] = {"pattern": f"^{PROVIDER_PATTERN}$"}
    return schema
