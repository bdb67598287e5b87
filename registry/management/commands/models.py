from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from core.errors import ConfigError, PortalError, Problem
from core.text import table
from core.yaml.dump import dump
from core.yaml.strict import parse
from core.yaml.tree import to_data
from registry import listing, snapshot
from registry.config.importing.write import import_file
from registry.config.known_prices import NotInstalledError
from registry.config.load import load_config
from registry.config.schema import json_schema
from registry.config.upgrade.upgrade import upgrade
from registry.diff import changes, summary
from registry.entities import Model
from registry.management.commands._fetching import fetch_of
from registry.management.commands._prices import lines
from registry.management.commands._revisions import diff_of, text_at
from registry.management.commands._running import (
    INVALID,
    USAGE,
    RunningCommand,
    registry_of_file,
    with_format,
)
from registry.model_id import did_you_mean_model
from registry.snapshot import Registry
from registry.state import models_file
from registry.suggested_prices import suggestions
from registry.weights.errors import WeightsError


class Command(RunningCommand):
    help = (
        "Shows and checks models.yaml, probes providers, and controls the running portal. Exit "
        "codes: 0 success; 1 invalid file, unhealthy provider, or rejected by the portal; 2 not "
        "found; 3 no portal answers."
    )
    requires_system_checks = []  # each subcommand reads the file and reports its mistakes

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        sub = commands.add_parser("list", help="List the models.")
        sub.add_argument("--capability", default="")
        with_format(sub)
        sub = commands.add_parser("show", help="Show one model.")
        sub.add_argument("model")
        with_format(sub)
        sub = commands.add_parser("check", help="Find every mistake in a file.")
        sub.add_argument("file", nargs="?", type=Path, default=settings.MODELS_FILE)
        with_format(sub)
        sub = commands.add_parser(
            "diff", help="Show what would change if FILE replaced models.yaml."
        )
        sub.add_argument("file", type=Path, help="Or a revision, if there are two.")
        sub.add_argument("revision", nargs="?", help="Show a unified diff of two revisions.")
        with_format(sub)
        sub = commands.add_parser("at", help="Print models.yaml as it was at a time.")
        sub.add_argument("time", help="2026-12-24T15:00, or a revision.")
        sub = commands.add_parser("migrate", help="Print a version-1 file as version 2.")
        sub.add_argument("file", type=Path)
        sub = commands.add_parser("import", help="Print another program's file as models.yaml.")
        sub.add_argument("file", type=Path)
        sub = commands.add_parser("fetch", help="Download the model file of a provider's `serve:`.")
        sub.add_argument("provider", help="A provider with `serve:`.")
        with_format(sub)
        sub = commands.add_parser("prices", help="Suggest prices for models that have none.")
        with_format(sub)
        commands.add_parser("schema", help="Print the file's JSON Schema, for editors.")
        self.add_running(commands)

    def handle(self, *args: Any, **options: Any) -> None:
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "list": self.list,
            "show": self.show,
            "check": self.check_file,
            "diff": self.diff,
            "at": lambda options: self.stdout.write(text_at(options["time"])),
            "migrate": self.migrate,
            "import": self.import_file,
            "fetch": self.fetch,
            "prices": self.prices,
            "schema": self.schema,
            **self.running,
        }
        try:
            actions[options["command"]](options)
        except ConfigError as error:
            message = f"{error.file} is invalid:\n{error}"
            self.refuse(options, INVALID, message, _verdict(error.file, error.problems, ()))
        except PortalError as error:
            self.refuse(
                options,
                USAGE,
                error.message,
                {"error": {"code": error.code, "message": error.message}},
            )

    def list(self, options: dict[str, Any]) -> None:
        registry = registry_of_file()
        answer = listing.get_models(registry, options["capability"])
        if options["format"] == "json":
            del answer["primaries"]  # only the running portal knows them all
            return self.json(answer)
        rows = [
            [
                m["id"],
                ", ".join(m["capabilities"]),
                ", ".join(_default_for(registry, m["id"])),
                m["title"],
            ]
            for m in answer["models"]
        ]
        self.stdout.write(table([["MODEL", "CAN DO", "DEFAULT FOR", "TITLE"], *rows]))

    def show(self, options: dict[str, Any]) -> None:
        registry = registry_of_file()
        model = registry.find(options["model"])
        if model is None:
            near = did_you_mean_model(options["model"], registry.models)
            raise PortalError(
                "model_not_found", f"{options['model']} is not listed.{near} See `models list`."
            )
        details = _details(registry, model)
        if options["format"] == "json":
            return self.json(details)
        self.stdout.write(table([[key, _as_text(value)] for key, value in details.items()]))

    def check_file(self, options: dict[str, Any]) -> None:
        path = options["file"]
        read = models_file.read(path)
        if options["format"] == "json":
            return self.json(_verdict(path.name, (), read.warnings))
        for warning in read.warnings:
            self.stderr.write(f"warning: {warning.at(path.name)}")
        count = sum(len(section.registry) for section in read.models.providers.values())
        noun = "model" if count == 1 else "models"
        self.stdout.write(f"{path.name} is fine: {count} {noun}, revision {read.revision}.")

    def diff(self, options: dict[str, Any]) -> None:
        if options["revision"]:
            self.stdout.write(diff_of(str(options["file"]), options["revision"]))
            return None
        new = snapshot.build(models_file.read(options["file"]))
        edits = changes(registry_of_file(), new)
        if options["format"] == "json":
            return self.json([change.as_dict() for change in edits])
        lines = [str(change) for change in edits] or [summary(edits)]
        self.stdout.write("\n".join(lines))

    def migrate(self, options: dict[str, Any]) -> None:
        path = options["file"]
        data = models_file.read_bytes(path)
        # Report mistakes with the lines of the old file.
        old = load_config(data, os.environ, path.name)
        root, _ = parse(data, "models")
        root, warnings, _ = upgrade(root)
        text = dump(to_data(root))
        if load_config(text.encode(), os.environ).models != old.models:
            raise CommandError(f"{path.name} cannot be rewritten without loss.", returncode=INVALID)
        if not warnings:
            self.stderr.write(f"{path.name} is version 2 already.")
        for warning in warnings:
            self.stderr.write(f"changed: {warning.at(path.name)}")
        self.stderr.write("Comments are not kept.")
        self.stdout.write(text.rstrip())

    def import_file(self, options: dict[str, Any]) -> None:
        path = options["file"]
        try:
            imported = import_file(models_file.read_bytes(path))
        except ConfigError as error:
            raise ConfigError(error.problems, path.name) from None
        self.stderr.write(f"{path.name} is a file of {imported.program}.")
        for note in imported.notes:
            self.stderr.write(note.at(path.name))
        self.stdout.write(imported.text.rstrip())
        try:
            load_config(imported.text.encode(), None)
        except ConfigError as error:
            message = f"What was printed must be completed before it is valid:\n{error}"
            raise CommandError(message, returncode=INVALID) from None

    def fetch(self, options: dict[str, Any]) -> None:
        try:
            path = fetch_of(options["provider"])
        except WeightsError as error:
            self.refuse(options, INVALID, str(error))
        if options["format"] == "json":
            return self.json({"file": str(path), "bytes": path.stat().st_size})
        self.stdout.write(f"The model of {options['provider']} is here: {path}")

    def prices(self, options: dict[str, Any]) -> None:
        try:
            known = suggestions(registry_of_file())
        except NotInstalledError as error:
            self.refuse(options, USAGE, str(error))
        if options["format"] == "json":
            return self.json({model: price and price.as_dict() for model, price in known.items()})
        self.stdout.write("\n".join(lines(known)))

    def schema(self, options: dict[str, Any]) -> None:
        self.json(json_schema())


def _verdict(file: str, errors: Sequence[Problem], warnings: Sequence[Problem]) -> dict[str, Any]:
    return {
        "file": file,
        "valid": not errors,
        "errors": [problem._asdict() for problem in errors],
        "warnings": [problem._asdict() for problem in warnings],
    }


def _default_for(registry: Registry, model_id: str) -> list[str]:
    return [c for c, chosen in registry.defaults.items() if chosen == model_id]


def _details(registry: Registry, model: Model) -> dict[str, Any]:
    provider = registry.providers[model.provider]
    return {
        **listing.describe(model),
        "default_for": _default_for(registry, model.id),
        "configured": provider.configured,
        "variables": {
            name: provider.endpoint.missing.get(name) or _origin(name)
            for name in provider.endpoint.variables
        },
        "line": model.line,
    }


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return (
        ", ".join(map(str, value))
        if isinstance(value, list)
        else ""
        if value is None
        else str(value)
    )


def _origin(name: str) -> str:
    """Return where the value of a variable that is not missing comes from."""
    return "set" if os.environ.get(name) else "not set; its default is used"
