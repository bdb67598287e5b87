"""The part of `manage.py models` that calls providers and the running portal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from json import dumps
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.errors import PortalError
from core.http.hosts import base_url
from core.text import did_you_mean, quote, table
from registry import snapshot
from registry.entities import Provider
from registry.health.health import Health, is_missing, not_listed, probe
from registry.management import portal_client
from registry.snapshot import Registry
from registry.state import models_file
from registry.state.primaries import Primaries, decode
from registry.state.service import service
from registry.store import StoreDownError

INVALID, USAGE, UNREACHABLE = 1, 2, 3  # exit codes; 0 is success


class RunningCommand(BaseCommand):
    """Adds probe, set-primary, reset-primary and reload to a command."""

    def add_running(self, commands: Any) -> None:
        sub = commands.add_parser("probe", help="Check the health of providers. Free of charge.")
        sub.add_argument("provider", nargs="*", help="Default: all providers of the file.")
        with_format(sub)
        sub = commands.add_parser("set-primary", help="Set the default model of a capability.")
        sub.add_argument("capability")
        sub.add_argument("model")
        sub.add_argument("--force", action="store_true", help="Allow a deprecated model.")
        _with_reason(sub)
        sub = commands.add_parser("reset-primary", help="Use the default of the file again.")
        sub.add_argument("capability")
        _with_reason(sub)
        sub = commands.add_parser("reload", help="Let the portal reload the file now.")
        _to_the_portal(sub)

    @property
    def running(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {
            "probe": self.probe,
            "set-primary": self.set_primary,
            "reset-primary": self.reset_primary,
            "reload": self.reload,
        }

    def probe(self, options: dict[str, Any]) -> None:
        registry = registry_of_file()
        providers = _chosen(registry, options["provider"])
        with ThreadPoolExecutor(max_workers=16) as pool:
            results = dict(zip(providers, pool.map(probe, providers.values()), strict=True))
        if options["format"] == "json":
            self.json(
                {
                    name: health.as_dict(operator=True) | _compared(registry, name, health)
                    for name, health in results.items()
                }
            )
        else:
            rows = [
                [name, health.status, _remarks(health, _compared(registry, name, health))]
                for name, health in results.items()
            ]
            self.stdout.write(table([["PROVIDER", "STATUS", "DETAIL"], *rows]))
        if any(h.status not in ("healthy", "unconfigured") for h in results.values()):
            raise SystemExit(INVALID)

    def set_primary(self, options: dict[str, Any]) -> None:
        body = {name: options[name] for name in ("capability", "model", "reason", "force")}
        response = self._send(options, "/v1/ai/models/primary", body)
        if response:
            self.stdout.write(_switched(response))

    def reset_primary(self, options: dict[str, Any]) -> None:
        body = {name: options[name] for name in ("capability", "reason")}
        response = self._send(options, "/v1/ai/models/primary/reset", body)
        if response:
            self.stdout.write(_switched(response))

    def reload(self, options: dict[str, Any]) -> None:
        response = self._send(options, "/v1/ai/models/reload", {})
        if response:
            self.stdout.write(f"The file {response['summary']}; revision {response['revision']}.")

    def _send(self, options: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send `body` to the running portal; return its response, or {} if it was printed."""
        try:
            user = portal_client.operator(options["by"])
            status, response = portal_client.call(options["url"].rstrip("/"), path, body, user)
        except portal_client.NoOperatorError as error:
            self.refuse(options, USAGE, str(error))
        except portal_client.UnreachableError as error:
            self.refuse(options, UNREACHABLE, str(error))
        if status != 200:
            message = response.get("error", {}).get(
                "message", f"The portal responded with {status}."
            )
            self.refuse(options, USAGE if status == 404 else INVALID, message, response)
        if options["format"] == "json":
            self.json(response)
            return {}
        return response

    def refuse(
        self,
        options: dict[str, Any],
        code: int,
        message: str,
        body: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Exit with the code, and print the reason in the requested format."""
        if options.get("format") == "json":
            self.json(body or {"error": {"message": message}})
            raise SystemExit(code)
        raise CommandError(message, returncode=code) from None

    def json(self, value: Any) -> None:
        self.stdout.write(dumps(value, indent=2, ensure_ascii=False))


def with_format(parser: Any) -> None:
    parser.add_argument("--format", choices=["text", "json"], default="text")


def _with_reason(parser: Any) -> None:
    parser.add_argument("--reason", default="", help="The reason, for the record.")
    _to_the_portal(parser)


def _to_the_portal(parser: Any) -> None:
    parser.add_argument("--by", default="", help="The operator to act for. Default: the first.")
    parser.add_argument(
        "--url", default=base_url(settings.HOST, settings.PORT), help="Where the portal listens."
    )
    with_format(parser)


def _chosen(registry: Registry, names: list[str]) -> dict[str, Provider]:
    """Return the providers called `names`, or all. Raises PortalError `provider_not_found`."""
    for name in names:
        if name not in registry.providers:
            near = did_you_mean(name, registry.providers)
            raise PortalError("provider_not_found", f"There is no provider {quote(name)}.{near}")
    return {name: registry.providers[name] for name in names or registry.providers}


def _compared(registry: Registry, provider: str, health: Health) -> dict[str, list[str]]:
    """Return the differences between the file's models and the provider's."""
    models = [model for model in registry.models.values() if model.provider == provider]
    return {
        "missing": [model.id for model in models if is_missing(model, health)],
        "not_listed": not_listed([model.name for model in models], health),
    }


def _remarks(health: Health, compared: dict[str, list[str]]) -> str:
    remarks = [health.detail] if health.detail else []
    if compared["missing"]:
        remarks.append(f"does not have {', '.join(compared['missing'])}")
    if compared["not_listed"]:
        remarks.append(f"{len(compared['not_listed'])} more are not listed")
    return "; ".join(remarks)


def _switched(switch: dict[str, Any]) -> str:
    warning = f" {switch['warning']}" if "warning" in switch else ""
    return (
        f"{switch['capability']}: {switch['model'] or 'no default'}"
        f" (was {switch['previous'] or 'none'}){warning}"
    )


def registry_of_file() -> Registry:
    """Return the registry of the file, with the primaries of a shared store."""
    registry = snapshot.build(models_file.read(settings.MODELS_FILE))
    try:
        stored = decode(service.store.primaries()) or Primaries()
    except StoreDownError:
        return registry
    return registry.with_primaries(stored.chosen, stored.version)
