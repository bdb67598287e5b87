from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from alerts.sending.errors import SendingError
from alerts.sending.message import Message
from alerts.sending.queue import send
from core.errors import ConfigError
from registry.config.alert_targets import Target
from registry.state import models_file


class Command(BaseCommand):
    help = "Sends a test message to the targets of alerts."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        test = commands.add_parser("test", help="Sends a test message to each target, or to one.")
        test.add_argument("target", nargs="?", help="The name of a target in models.yaml.")

    def handle(self, *args: Any, **options: Any) -> None:
        targets = _targets(options["target"])
        results = [self._send(target) for target in targets]
        if not all(results):
            raise CommandError("Not every target got the message.")

    def _send(self, target: Target) -> bool:
        try:
            send(target, Message.test(target.name))
        except SendingError as error:
            self.stdout.write(f"{target.name} ({target.place}): failed: {error}")
            return False
        self.stdout.write(f"{target.name} ({target.place}): sent")
        return True


def _targets(name: str | None) -> list[Target]:
    try:
        targets = models_file.read(settings.MODELS_FILE).targets
    except ConfigError as error:
        raise CommandError(str(error)) from None
    chosen = [target for target in targets if name in (None, target.name)]
    if not chosen:
        known = ", ".join(target.name for target in targets)
        raise CommandError(
            f"There is no target {name}. Known: {known}."
            if name and known
            else "models.yaml has no targets of alerts."
        )
    return chosen
