"""`manage.py ledger text`: is a text the one that was sent, or given?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, OutputWrapper

from ledger.models import Call
from ledger.receipts.texts import is_answer, is_prompt


def add(commands: Any) -> None:
    """Add the command to those of `manage.py ledger`."""
    sub = commands.add_parser("text", help="Find out if a text is that of a receipt.")
    sub.add_argument("id", type=UUID, metavar="ID", help="The ID of the receipt.")
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--answer", type=Path, metavar="FILE", help="The text of the answer.")
    which.add_argument("--prompt", type=Path, metavar="FILE", help="The request, in JSON.")


def run(options: dict[str, Any], out: OutputWrapper, err: OutputWrapper) -> None:
    """Print whether it is. Exits with 1 if it is not, or no one can know."""
    call = Call.objects.filter(pk=options["id"]).first()
    if call is None:
        raise CommandError(f"The ledger has no row {options['id']}.", returncode=1)
    file: Path | None = options["answer"]
    kind, mac = ("answer", call.answer_mac) if file else ("prompt", call.prompt_mac)
    if not mac:
        message = f"The row has no mac of its {kind}: docs/ledger.md says which rows have none."
        raise CommandError(message, returncode=1)
    same = _is_answer(call, file) if file else _is_prompt(call, options["prompt"])
    if not same:
        raise CommandError(f"The text is not the {kind} of {call.pk}.", returncode=1)
    out.write(f"OK: the text is the {kind} of {call.pk}.")


def _is_answer(call: Call, file: Path) -> bool:
    """Is it the answer, or the answer and the newline with which editors end a file?"""
    data = _read(file)
    return is_answer(call, data) or is_answer(call, data.removesuffix(b"\n"))


def _is_prompt(call: Call, file: Path) -> bool:
    try:
        request = json.loads(_read(file))
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise CommandError(f'{file} is no JSON object, such as {{"messages": […]}}.')
    return is_prompt(call, request)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
