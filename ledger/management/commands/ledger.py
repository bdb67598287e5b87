from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ledger.management.commands import _reconcile, _text, _verify


class Command(BaseCommand):
    help = (
        "Verifies that the ledger is as the portal wrote it, or that a text is that of a receipt, "
        "and compares the ledger with what a provider reports. The exit code is 1 if it is not, or "
        "if a difference is not explained."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        _verify.add(commands)
        _text.add(commands)
        _reconcile.add(commands)

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {"verify": _verify.run, "text": _text.run, "reconcile": _reconcile.run}
        actions[options["command"]](options, self.stdout, self.stderr)
