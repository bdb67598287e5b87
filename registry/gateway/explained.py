"""Errors of calls: which model was asked, and none of its provider's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from core.leaks import hide_parts
from core.variables import scrub
from registry import usage
from registry.gateway import policy
from registry.health.traffic import traffic_log
from registry.providers.errors import shorten

if TYPE_CHECKING:
    from registry.entities import Resolution


class Explained:
    """Adds the resolution to errors raised inside, and removes the provider's secrets from them."""

    __slots__ = ("resolution",)

    def __init__(self, resolution: Resolution) -> None:
        self.resolution = resolution

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PortalError):
            explain(error, self.resolution)


def failed(error: PortalError, resolution: Resolution) -> None:
    """Explain an error, and count it for the provider's health if that is at fault.

    A provider may refuse the name of a model that is not listed: any caller can ask for one.
    """
    explain(error, resolution)
    if resolution.registry or error.code == "provider_unreachable":
        traffic_log.failed(resolution.at.key, error)


def explain(error: PortalError, resolution: Resolution) -> None:
    usage.failures.labels(resolution.provider.name, error.code).inc()
    error.resolution = resolution.as_dict()
    if resolution.offers and policy.falls_back(error):
        error.resolution["fallbacks"] = list(resolution.offers)
    secrets = resolution.provider.endpoint.secrets
    message = error.message.replace("The provider", resolution.provider.name, 1)
    error.message = _clean(message, secrets)
    if error.provider:
        error.provider = {
            key: _clean(value, secrets) if isinstance(value, str) else value
            for key, value in error.provider.items()
        }


def _clean(text: str, secrets: tuple[str, ...]) -> str:
    return shorten(hide_parts(scrub(text, secrets), secrets))
