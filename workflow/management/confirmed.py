"""manage.py sql confirmed: lists confirmed questions, confirms one, and withdraws one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from core.access import Access
from core.auth.principals import OPERATE, SESSION_SCOPES, Principal, access_of
from core.errors import PortalError
from registry.state.service import service
from workflow.confirmed.lookup import Lookup
from workflow.confirming.confirm import confirm, withdraw
from workflow.confirming.listing import Listed, listed
from workflow.sandbox import sandbox
from workflow.subject import read_subject

STALE, USAGE = 1, 2
Print = Callable[[str], Any]


def add_arguments(parser: CommandParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("list", help="Print them; the exit code is 1 if one is stale.")
    show.add_argument("source", help="The name of a data source.")
    add = actions.add_parser("add", help="Confirm a question with the SQL on standard input.")
    add.add_argument("source", help="The name of a data source.")
    add.add_argument("question")
    end = actions.add_parser("withdraw", help="Withdraw one.")
    end.add_argument("source", help="The name of a data source.")
    end.add_argument("id", type=int)
    for action in (add, end):
        action.add_argument(
            "--by", required=True, help="Who does it, and must have the permission."
        )


def run(options: dict[str, Any], out: Print) -> None:
    """Do what `action` says. Raises CommandError."""
    service.ensure_loaded()
    try:
        asyncio.run(_closing(_ACTIONS[options["action"]](options, out)))
    except PortalError as error:
        raise CommandError(error.message, returncode=STALE) from None


async def _closing(action: Any) -> None:
    try:
        await action
    finally:
        await sandbox.close()


async def _list(options: dict[str, Any], out: Print) -> None:
    subject = await read_subject({"source": options["source"]}, None, Access())
    rows = await listed(subject, Lookup(options["source"], sees_people=True))
    for row in rows:
        out(_line(row))
    if any(row.stale for row in rows):
        sys.exit(STALE)


def _line(one: Listed) -> str:
    row = one.row
    head = f"{row.pk}  {row.question}  (confirmed by {one.by} on {row.at:%Y-%m-%d})"
    reasons = [f"    stale: {change}" for change in one.stale]
    return "\n".join([head, *reasons, f"    {' '.join(row.sql.split())}"])


async def _add(options: dict[str, Any], out: Print) -> None:
    source = {"source": options["source"]}
    by, sql = await _principal(options["by"]), sys.stdin.read()
    row, earlier = await confirm(options["question"], sql, source, None, by)
    replaced = f" It replaces {earlier.pk}." if earlier else ""
    out(f"{row.pk} is confirmed.{replaced}")


async def _withdraw(options: dict[str, Any], out: Print) -> None:
    by = await _principal(options["by"])
    await withdraw(options["id"], {"source": options["source"]}, None, by)
    out(f"{options['id']} is withdrawn.")


@sync_to_async
def _principal(name: str) -> Principal:
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no user {name!r}.", returncode=USAGE)
    return Principal(
        user, user.has_perm(OPERATE), access_of(user), by_session=True, scopes=SESSION_SCOPES
    )


_ACTIONS = {"list": _list, "add": _add, "withdraw": _withdraw}
