from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aimodels.serve.addresses import why_not
from aimodels.serve.model_server import NO_FILE, model_server
from core.errors import ConfigError
from core.variables import VARIABLE
from registry.state import models_file
from registry.weights.errors import WeightsError
from registry.weights.places import verified

if TYPE_CHECKING:
    from pathlib import Path

    from registry.config.load import Config
    from registry.config.schema import Serve

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Command(BaseCommand):
    help = "Serves the model file that a provider's `serve:` in models.yaml names, on loopback."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", help="A provider with `serve:`, such as local.")
        parser.add_argument(
            "--stop-with-parent",
            action="store_true",
            help="Stop when standard input closes. Without it, one that hangs is replaced.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["provider"]
        try:
            config = models_file.read(settings.MODELS_FILE)
        except ConfigError as error:
            raise CommandError(str(error)) from None
        serve, host, port = self._plan(config, name)
        names = VARIABLE.findall(config.models.providers[name].endpoint or "")
        variables = f", or set {names[0][0]}" if names else ""
        if reason := why_not(host, port):
            raise CommandError(
                f"The model of {name} cannot listen on {host} port {port}: {reason}. Stop that "
                f"program, or change the endpoint of {name} in models.yaml{variables}."
            )
        if not options["stop_with_parent"]:
            return self._supervise(name, config.endpoints[name].base_url)
        try:
            path = verified(name, serve)
        except WeightsError as error:
            raise CommandError(str(error), returncode=NO_FILE) from None
        alias = path.stem if serve.file else name  # the name of a fetched file is its hash
        server = start(alias, serve, path, host, port, config.endpoints[name].api_key)
        self.stdout.write(f"{name} serves {path.name} on {server.listening_address}")
        self.stdout.flush()
        # Standard input closes even if the parent was killed and could not send a signal.
        sys.stdin.read()
        os._exit(0)

    def _supervise(self, name: str, url: str) -> None:
        with model_server(name, url):
            self.stdout.write(f"{name} listens at {url}")
            self.stdout.flush()
            threading.Event().wait()

    def _plan(self, config: Config, name: str) -> tuple[Serve, str, int]:
        provider = config.models.providers.get(name)
        if provider is None or provider.serve is None:
            able = [n for n, p in config.models.providers.items() if p.serve] or ["none"]
            raise CommandError(
                f"{name} has no `serve:`. Providers with `serve:`: {', '.join(able)}."
            )
        endpoint = config.endpoints[name]
        if endpoint.missing:
            variables = ", ".join(endpoint.missing)
            raise CommandError(
                f"Set {variables} first, here and for the portal, to the same value."
            )
        if not endpoint.api_key:
            raise CommandError(f"{name} needs an `api_key`, or any page in a browser could use it.")
        url = urlsplit(endpoint.base_url)
        if url.hostname not in LOOPBACK:
            raise CommandError(
                f"{name} is served on this machine only: its endpoint must be "
                f"one of {', '.join(LOOPBACK)}."
            )
        return provider.serve, url.hostname or "", url.port or 80


def start(alias: str, serve: Serve, path: Path, host: str, port: int, key: str) -> Any:
    """Start llama.cpp's server and return it. It accepts any model name."""
    try:
        import xllamacpp
    except ImportError:
        raise CommandError(
            "The embedded model server is not installed: pip install 'aimodels[local]'."
        ) from None
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {alias}  # otherwise, responses contain the file's path
    params.hostnames, params.port = [host], port
    params.api_keys = [key]  # otherwise any page in a browser here could use it
    params.cors_origins, params.ui = "", False
    params.n_parallel = serve.slots
    params.n_ctx = serve.context * serve.slots  # llama.cpp splits the context among the slots
    params.n_ubatch = params.n_batch = serve.context  # the limit of a text to embed
    params.embedding = True
    kind = f"LLAMA_POOLING_TYPE_{serve.pooling.upper()}"
    params.pooling_type = getattr(xllamacpp.llama_pooling_type, kind)
    # Otherwise what an answer takes shows everyone what the others have asked.
    params.cache_prompt = serve.prompt_cache
    params.cache_ram_mib = 256 if serve.prompt_cache else 0
    params.offline = True
    params.verbosity = 0
    return xllamacpp.Server(params)
