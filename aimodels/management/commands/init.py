from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aimodels.paths import HOME, RESOURCES

SCHEMA = "models.schema.json"  # models.yaml names it for editors, as its neighbour


class Command(BaseCommand):
    """The SECRET_KEY is written in `aimodels.command_line`, before the settings load."""

    help = "Writes .env with a SECRET_KEY, and models.yaml, unless they exist."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.MODELS_FILE
        if file.exists():
            self.stdout.write(f"{file} and {HOME / '.env'} exist: nothing was changed in them.")
            return
        try:
            shutil.copyfile(RESOURCES / "models.yaml", file)
            shutil.copyfile(RESOURCES / SCHEMA, file.with_name(SCHEMA))
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(
            f"Wrote {file}. It lists the models; edit it. {SCHEMA} beside it is for editors. The "
            f"SECRET_KEY is in {HOME / '.env'}, unless the environment has one."
        )
