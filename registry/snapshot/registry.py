"""
`Registry`: one frozen object that knows all models and resolves requests.

A request reads the current registry once and keeps it, so that a reload in between cannot mix two
versions. `resolve` is one dictionary look-up: the resolutions are made when the file is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.access import Groups, may_use
from core.errors import PortalError
from core.text import did_you_mean, listing, quote
from registry.alert_rules import AlertRules
from registry.config.schema import RELAYED
from registry.entities import Model, Primary, Provider, Resolution
from registry.limit_rules import LimitRules
from registry.model_id import TITLE, did_you_mean_model, fold, parse_model_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.budgets.budget import Budget
    from registry.config.beside import PromptConfig
    from registry.identifiers import Check
    from registry.notices import Notice

RARE = (*RELAYED, TITLE)  # capabilities that most files have no model for


@dataclass(frozen=True, slots=True)
class Registry:
    """The models, and which one a request means. Built by `from_config.build`; immutable."""

    revision: str
    models: Mapping[str, Model]
    providers: Mapping[str, Provider]
    capabilities: tuple[str, ...]
    file_defaults: Mapping[str, str]
    primaries: Mapping[str, Primary] = field(default_factory=dict)
    primaries_version: int = 0
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: LimitRules = field(default_factory=LimitRules)
    models_list: str = "all"  # or chat: what /v1/models lists for programs that do not filter
    identifiers: tuple[Check, ...] = ()  # that raise the mark "stays in the house"
    prompts: tuple[PromptConfig, ...] = ()
    notices: tuple[Notice, ...] = ()
    budgets: tuple[Budget, ...] = ()
    alerts: AlertRules = field(default_factory=AlertRules)
    whole: Registry | None = None  # of a part: see `snapshot.part`
    ids: frozenset[str] = frozenset()  # of a part: what it may name, folded
    parts: dict[frozenset[str], Registry] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _listed: Mapping[tuple[str, str], Resolution] = field(default_factory=dict, repr=False)
    _chosen: Mapping[str, Resolution] = field(default_factory=dict, repr=False)
    _by_folded: Mapping[str, Model] = field(default_factory=dict, repr=False)

    def resolve(
        self, capability: str, override: str = "", groups: Groups | None = None
    ) -> Resolution:
        """Return the model to use for `capability`.

        `override` is a model ID; empty means the primary, then the file's default. An override
        that is not listed is allowed if its provider's section permits it; `registry` is then
        False. Raises PortalError: no_default, model_not_found, provider_not_found,
        permission_denied, capability_not_supported. What members of `groups` may not use (None:
        they may use all) does not exist for them: the errors are the same, and name none of it.
        """
        if override:
            resolution = self._listed.get((capability, override))
        else:
            resolution = self._chosen.get(capability)
        if resolution is not None and resolution.for_all:
            return resolution
        if resolution is None or not may_use(resolution.allow, groups):
            if not override:
                return self._no_default(capability)
            resolution = self._resolve_slowly(capability, override, groups)
        return self.seen_by(resolution, groups)

    def find(self, model_id: str) -> Model | None:
        """Return the listed model with this ID, or None."""
        return self.models.get(model_id) or self._by_folded.get(self.folded(model_id))

    def able(self, capability: str, groups: Groups | None = None) -> list[Model]:
        """Return the models that have `capability`, and that members of `groups` may use."""
        return [
            model
            for model in self.models.values()
            if model.serves(capability) and may_use(model.allow, groups)
        ]

    def knows(self, provider: Provider, groups: Groups | None) -> bool:
        """May members of `groups` know of this provider: is there anything that they may use?"""
        if self.whole:
            return provider.name in self.providers and self.whole.knows(provider, groups)
        own = [model for model in self.models.values() if model.provider == provider.name]
        if groups is None or any(may_use(model.allow, groups) for model in own):
            return True
        return provider.takes_unlisted(groups) or (not own and may_use(provider.allow, groups))

    def replacement(self, model: Model, groups: Groups | None) -> str | None:
        """Return what replaces a deprecated model, if members of `groups` may use that."""
        other = self.find(model.ref.replacement) if model.ref.replacement else None
        return model.ref.replacement if other and may_use(other.allow, groups) else None

    def as_seen(self, model: Model, groups: Groups | None) -> Model:
        """Return the model without a replacement that members of `groups` may not use."""
        if not model.ref.replacement or self.replacement(model, groups):
            return model
        return replace(model, ref=model.ref.model_copy(update={"replacement": None}))

    @property
    def shown(self) -> tuple[str, ...]:
        """The capabilities for pages: not those of RARE that no model has."""
        had = {name for model in self.models.values() for name in model.capabilities}
        had |= self.defaults.keys()
        return tuple(name for name in self.capabilities if name in had or name not in RARE)

    def check_capability(self, capability: str) -> None:
        """Raise PortalError `invalid_request` unless the file declares `capability`."""
        if capability not in self.capabilities:
            near = did_you_mean(capability, self.capabilities)
            raise PortalError(
                "invalid_request",
                f"{quote(capability)} is not a capability.{near} "
                f"Known: {listing(self.capabilities)}.",
                param="capability",
            )

    @property
    def version(self) -> str:
        """Changes with the file and with every primary; equal on workers that agree."""
        return f"{self.revision}.{self.primaries_version}"

    @property
    def defaults(self) -> dict[str, str]:
        """The effective map: the file's defaults, overridden by the primaries."""
        return {**self.file_defaults, **{c: primary.model for c, primary in self.primaries.items()}}

    def with_primaries(self, primaries: Mapping[str, Primary], version: int) -> Registry:
        """Return this registry with those `primaries` whose model is listed and able."""
        kept = {}
        for capability, primary in primaries.items():
            model = self.find(primary.model)
            if model is not None and model.serves(capability):
                kept[capability] = replace(primary, model=model.id)
        fresh = replace(self, primaries=kept, primaries_version=version)
        return replace(fresh, _chosen=_choose(fresh))

    def folded(self, model_id: str) -> str:
        """Return the ID, folded where its wire format folds names."""
        provider, colon, name = model_id.partition(":")
        section = self.providers.get(provider)
        folds = section is not None and section.wire.FOLDS
        return f"{provider}:{fold(name)}" if colon and folds else model_id

    def _resolve_slowly(self, capability: str, override: str, groups: Groups | None) -> Resolution:
        """Resolve an override that is not listed with this capability under exactly this name."""
        self.check_capability(capability)
        resolution = self._listed.get((capability, self.folded(override)))
        if resolution and may_use(resolution.allow, groups):
            return resolution
        able = [model.id for model in self.able(capability, groups)]
        model = self.find(override)
        if model and may_use(model.allow, groups):
            raise _unable(capability, model, able)
        return self._unlisted(capability, override, able, groups)

    def seen_by(self, resolution: Resolution, groups: Groups | None) -> Resolution:
        """Return the resolution without what members of `groups` may not see."""
        if resolution.model is None or not resolution.model.ref.replacement:
            return resolution
        model = self.as_seen(resolution.model, groups)
        return resolution if model is resolution.model else replace(resolution, model=model)

    def _unlisted(
        self, capability: str, override: str, able: list[str], groups: Groups | None
    ) -> Resolution:
        """Resolve a model that is not listed, if its provider allows that."""
        try:
            provider, name = parse_model_id(override)
        except PortalError as error:
            error.message += did_you_mean_model(override[:200], able)
            raise
        section = self.providers.get(provider)
        if section is None or not self.knows(section, groups):
            raise self._no_provider(provider, override, able, groups)
        named = self.whole is None or self.folded(override) in self.ids
        if not named or not section.takes_unlisted(groups, name):
            near = did_you_mean_model(override[:200], able) or " See GET /v1/models."
            raise PortalError(
                "permission_denied",
                f"{quote(override, 80)} is not listed; {provider} serves listed models only.{near}",
                param="model",
            )
        return Resolution(capability, section, name, override, False, "override", self.revision)

    def _no_provider(
        self, provider: str, override: str, able: list[str], groups: Groups | None
    ) -> PortalError:
        known = [name for name, other in self.providers.items() if self.knows(other, groups)]
        near = did_you_mean(provider, known) or did_you_mean_model(override[:200], able)
        message = f"There is no provider {quote(provider)}.{near} Known: {listing(known)}."
        return PortalError("provider_not_found", message, param="model")

    def _no_default(self, capability: str) -> Resolution:
        self.check_capability(capability)
        raise PortalError(
            "no_default",
            f"No model that you may use is set for {quote(capability)}. Name one in `model`, or "
            f"set `models.defaults.{capability}` in models.yaml, or POST /v1/ai/models/primary.",
            param="model",
        )


def _unable(capability: str, model: Model, able: list[str]) -> PortalError:
    others = (
        f"Models that can: {listing(able)}."
        if able
        else ("No listed model can. An operator adds one to models.yaml, with this capability.")
    )
    return PortalError(
        "capability_not_supported",
        f"{quote(model.id, 80)} cannot {quote(capability)}. {others}",
        param="model",
    )


def _choose(registry: Registry) -> dict[str, Resolution]:
    """Return the resolution for each capability when a request names no model."""
    chosen = {}
    for capability, model_id in registry.defaults.items():
        by = "primary" if capability in registry.primaries else "default"
        chosen[capability] = replace(registry.resolve(capability, model_id), resolved_by=by)
    return chosen
