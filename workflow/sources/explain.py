"""Would a source run a query? Its database plans it with EXPLAIN, and reads no rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings

from core.database.threads import in_threads
from core.errors import PortalError
from workflow.sources.errors import scrubbed
from workflow.sources.failures import Failed, Failure
from workflow.sources.process.client import ask_while_wanted, job_of
from workflow.sources.run import check_rights, turns
from workflow.sources.schema import portal_identity

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from workflow.sources.job import Job
    from workflow.sources.run import CheckedSQL
    from workflow.sources.source import Source

_QUOTED = re.compile("'[^']*'|\"[^\"]*\"|`[^`]*`")


async def refusal(source: Source, query: CheckedSQL, user: User) -> str:
    """Return the words in which the database refuses a query; "" if it would run it.

    It is "" also if that is not known: the source does not answer in its time, all places are
    taken, or the user may not run queries there.
    """
    try:
        async with turns.place(user.pk, settings.SOURCES_WAIT_SECONDS):
            await ask_while_wanted(await _begin(source, query, user), type(None))
    except Failed as failure:
        return _public(scrubbed(source, failure), query.sql)
    except (Failure, PortalError):
        return ""
    return ""


def _start(source: Source, query: CheckedSQL, user: User) -> Job:
    """Return the job. Raises PortalError, Failure."""
    check_rights(source, query, user)
    return job_of(source, "explain", portal_identity(), query.sql)


_begin = in_threads(_start)


def _public(message: str, sql: str) -> str:
    """Return a message for a prompt: what it quotes that is not in the query may be a value."""
    return _QUOTED.sub(lambda quoted: quoted[0] if quoted[0][1:-1] in sql else "…", message)
