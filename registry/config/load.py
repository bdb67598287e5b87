"""
models.yaml → a validated, frozen configuration, or ConfigError with every mistake and its place.

    bytes ──strict──▶ tree ──upgrade──▶ v2 tree ──validate──▶ ModelsConfig ──rules──▶ Config

Pure: the caller passes the bytes and the environment. `${VAR}` is filled in last, and only in the
fields of `schema.WITH_VARIABLES`. Messages quote the file by `core.text.quote` only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import ConfigError, Problem
from core.program import command
from core.yaml.strict import parse
from core.yaml.tree import Node, place, problem_at, to_data
from registry.config.alert_targets import Target, targets_of
from registry.config.alerts import bad_alerts
from registry.config.bare import cut_values, with_models
from registry.config.budgets import bad_budgets
from registry.config.endpoint import Endpoint, resolve_endpoint
from registry.config.importing.recognise import foreign_problem
from registry.config.model_index import known_capabilities
from registry.config.rules.addresses import check_addresses
from registry.config.rules.kinds import unknown_kinds
from registry.config.rules.names import check
from registry.config.rules.shared_servers import shared_servers, sharing
from registry.config.rules.times import bad_times
from registry.config.rules.unpriced import unpriced
from registry.config.upgrade.upgrade import upgrade
from registry.config.validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.yaml.errors import Finding
    from registry.config.alerts import AlertsConfig
    from registry.config.beside import LimitsConfig, LocalOnlyConfig, NoticeConfig, PromptConfig
    from registry.config.budgets import BudgetConfig
    from registry.config.schema import ModelsConfig, ModelsFile


NO_MODEL = "No model is listed. List one under a provider's `registry`."


@dataclass(frozen=True, slots=True)
class Config:
    """One version of models.yaml.

    `revision` is the hash of the file's bytes, equal on every worker that read the same file.
    `endpoints` has each provider's address and headers; it holds the secrets. `absent` has the
    providers whose model file is not on this machine yet, each with what to do.
    """

    models: ModelsConfig
    limits: LimitsConfig
    local_only: LocalOnlyConfig
    prompts: tuple[PromptConfig, ...]
    notices: tuple[NoticeConfig, ...]
    budgets: Mapping[str, BudgetConfig]
    alerts: AlertsConfig
    targets: tuple[Target, ...]
    endpoints: Mapping[str, Endpoint]
    revision: str
    warnings: tuple[Problem, ...]
    root: Node = field(repr=False)
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> set[str]:
        """All variables that the file names where they are filled in."""
        lists = [each.variables for each in self.endpoints.values()]
        return {name for names in (*lists, *(t.variables for t in self.targets)) for name in names}

    def sharing(self, name: str) -> list[str]:
        """Return the other sections with the same server as this one."""
        return sharing(name, self.endpoints)

    def line(self, *path: str) -> int:
        """Return the line of `path`, below `models`."""
        return place(self.root, ("models", *path), at_key=True)[0]


def load_config(
    source: bytes, environ: Mapping[str, str] | None, file: str = "models.yaml"
) -> Config:
    """Return the configuration in `source`. Raises ConfigError, which names `file`.

    Without an environment no variable is looked up: providers that need one are unconfigured.
    """
    try:
        return _load(source, environ)
    except ConfigError as error:
        foreign = foreign_problem(source, command(f"models import {file}"))
        raise ConfigError([foreign] if foreign else error.problems, file) from None


def revision_of(source: bytes) -> str:
    """Return a short hash of the file's content; equal on all workers."""
    return hashlib.sha256(source).hexdigest()[:12]


def _load(source: bytes, environ: Mapping[str, str] | None) -> Config:
    root, problems = parse(source, "models")
    root, bare = with_models(root)
    problems += bare
    root, warnings, old_fields = upgrade(root)
    file, mistakes, dropped = validate(to_data(root))
    problems += [*old_fields, *(problem_at(root, *mistake) for mistake in mistakes)]
    if file is None:
        raise ConfigError(problems)
    models = file.models
    endpoints, findings = _endpoints(models, environ)
    rule_findings, rule_warnings = check(models, dropped)
    problems += _placed(root, [*findings, *rule_findings])
    targets, target_findings = targets_of(file.alerts, environ)
    problems += [problem_at(root, *finding) for finding in [*_beside(file), *target_findings]]
    if dropped and not problems:  # must not happen; but no part may be dropped silently
        problems += _placed(root, [((), "A part of this section is invalid.")])
    if not problems and not any(section.registry for section in models.providers.values()):
        problems += _placed(root, [((), NO_MODEL)])
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    warnings += _placed(root, [*rule_warnings, *check_addresses(models, endpoints)])
    warnings += _placed(root, [*shared_servers(models, endpoints)])
    warnings += [problem_at(root, *finding) for finding in unpriced(file.budgets, models)]
    warnings += cut_values(source)
    return Config(
        models,
        file.limits,
        file.local_only,
        file.prompts,
        file.notices,
        file.budgets,
        file.alerts,
        targets,
        endpoints,
        revision_of(source),
        tuple(sorted(warnings)),
        root,
    )


def _beside(file: ModelsFile) -> list[Finding]:
    """Return what is wrong beside `models`."""
    known = known_capabilities(file.models)
    budgets = [*bad_budgets(file.budgets, known), *bad_alerts(file.alerts)]
    return [*unknown_kinds(file.local_only), *bad_times(file.notices), *budgets]


def _endpoints(
    models: ModelsConfig, environ: Mapping[str, str] | None
) -> tuple[dict[str, Endpoint], list[Finding]]:
    endpoints, findings = {}, []
    for name, provider in models.providers.items():
        endpoints[name], problems = resolve_endpoint(name, provider, environ)
        findings += [((name, *path), message) for path, message in problems]
    return endpoints, findings


def _placed(root: Node, findings: list[Finding]) -> list[Problem]:
    """Return findings below `models` as problems with line and column."""
    return [problem_at(root, ("models", *path), message) for path, message in findings]
