"""
System checks of models.yaml, for `manage.py check` and before a start.

registry.E001  the file is invalid; one per mistake, with file:line:column
registry.W001  a warning about the file
registry.W002  a provider is unconfigured: a variable is unset, or its model is not fetched (only
               under --deploy)
registry.E003  ALLOWED_HOSTS is "*" (only under --deploy)
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from core.errors import ConfigError
from core.program import command
from registry import snapshot
from registry.snapshot import Registry
from registry.state import models_file


@register("registry")
def check_models_file(**kwargs: Any) -> list[CheckMessage]:
    file = settings.MODELS_FILE.name
    try:
        config = models_file.read(settings.MODELS_FILE)
    except ConfigError as error:
        hint = f"Fix the file. `{command('models check')}` shows only this list."
        return [
            Error(problem.at(error.file), hint=hint, id="registry.E001")
            for problem in error.problems
        ]
    return [checks.Warning(problem.at(file), id="registry.W001") for problem in config.warnings]


@register("registry", deploy=True)
def check_providers(**kwargs: Any) -> list[CheckMessage]:
    try:
        registry = snapshot.build(models_file.read(settings.MODELS_FILE))
    except ConfigError:
        return []  # reported as E001
    return [
        checks.Warning(
            f"The provider {name} is unconfigured: {provider.detail}.{_defaults(registry, name)}",
            hint=(
                "Set the variable where the portal starts, or delete the section. For a model on"
                f" this machine: `{command('serve_model')}`, see docs/deployment.md."
                if provider.endpoint.missing
                else "The portal serves the other models until then."
            ),
            id="registry.W002",
        )
        for name, provider in registry.providers.items()
        if not provider.configured
    ]


def _defaults(registry: Registry, provider: str) -> str:
    """Return a sentence that names the defaults that fail while `provider` is unconfigured."""
    affected = [c for c, chosen in registry.defaults.items() if chosen.startswith(f"{provider}:")]
    return f" It is the default for {', '.join(affected)}, which will fail." if affected else ""


@register(Tags.security, deploy=True)
def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            'ALLOWED_HOSTS is "*": other sites could send requests through a user\'s browser.',
            hint="List the portal's host names.",
            id="registry.E003",
        )
    ]
