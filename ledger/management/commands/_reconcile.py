"""`manage.py ledger reconcile`: the ledger beside what a provider reports."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError

from core.errors import ConfigError
from core.program import command
from core.text import table
from ledger.reconcile import report
from ledger.reconcile.figures import UnreadableError
from ledger.reconcile.reading import read_files
from ledger.reconcile.reconcile import Account, reconcile
from ledger.reconcile.used import providers_of_ledger
from registry import snapshot
from registry.state import models_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.reconcile.figures import Export
    from ledger.reconcile.findings import Finding

DIFFERS = 1  # the exit code


def add(commands: Any) -> None:
    """Add the command to those of `manage.py ledger`."""
    sub = commands.add_parser(
        "reconcile", help="Compare files of a provider's usage, and explain each difference."
    )
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE")
    sub.add_argument(
        "--provider", action="append", help="Of models.yaml; several share an account."
    )
    sub.add_argument("--key", help="The key or project of the file's that the portal uses.")
    sub.add_argument("--zone", help="The time zone of the file's days; by default UTC.")
    sub.add_argument("--csv", action="store_true", help="Print all that was compared.")


def run(options: dict[str, Any], out: OutputWrapper, err: OutputWrapper) -> None:
    """Print the differences and their causes. Exits with 1 if one is not explained."""
    try:
        findings = _compare(options)
    except (UnreadableError, OSError) as error:
        raise CommandError(str(error)) from None
    except ConfigError as error:
        raise CommandError(f"{error.file} is invalid:\n{error}") from None
    except DatabaseError as error:
        raise CommandError(
            f"The database is not ready: {error}. Run `{command('migrate')}`."
        ) from None
    if options["csv"]:
        csv.writer(out, lineterminator="\n").writerows(report.lines(findings))
        err.write(report.summary(findings))
    else:
        _print(findings, out)
    if any(one.unexplained for one in findings):
        raise SystemExit(DIFFERS)


def _compare(options: dict[str, Any]) -> list[Finding]:
    zone = _zone(options["zone"])
    export = read_files(options["files"], zone)
    if options["key"]:
        export = export.of_key(options["key"])
    if not export.lines:
        raise UnreadableError("The files have no usage, or none of this key.")
    account = Account(_providers(options["provider"], export), zone)
    registry = snapshot.build(models_file.read(settings.MODELS_FILE))
    return reconcile(export, account, registry)


def _print(findings: Sequence[Finding], out: OutputWrapper) -> None:
    if any(one.differences for one in findings):
        out.write(table(report.table(findings)) + "\n")
    for reason in report.reasons(findings):
        out.write(f"- {reason}")
    out.write(report.summary(findings))


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise CommandError(f"{name} is no time zone. Write one such as Europe/Berlin.") from None


def _providers(names: list[str] | None, export: Export) -> list[str]:
    """Return whose calls are compared. Raises CommandError if the ledger has none of them."""
    known = providers_of_ledger()
    names = names or [export.provider]
    if missing := [name for name in names if name not in known]:
        which = f"The ledger has no call of {missing[0]}." if missing[0] else "Whose file is it?"
        raise CommandError(f"{which} Name it with --provider: {', '.join(known) or 'none'}.")
    return names
