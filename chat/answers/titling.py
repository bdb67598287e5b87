"""
Gives a new conversation a title, by the model that `defaults` of models.yaml names for `title`.

It is asked once the first answer is complete. Whatever goes wrong, the first line of the question
stays the title.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

from chat.answers.kept import threads
from chat.answers.thoughts import ThinkTags
from chat.models import Conversation
from chat.titles import plain_line, title_of
from core.auth.principals import look_up
from core.errors import PortalError
from core.http.call import Call
from core.ids import new_id
from registry.gateway import calls
from registry.gateway.marking import marked
from registry.model_id import TITLE
from registry.state.service import service

if TYPE_CHECKING:
    from uuid import UUID

    from core.auth.credentials import Credentials
    from registry.entities import Resolution
    from registry.providers.wire import Body

logger = logging.getLogger(__name__)
SECONDS = 30.0
MAX_READ = 2000  # characters of the question, and of the answer
MAX_TOKENS = 100
MAX_TITLE = 80  # characters; a model that writes more has not understood
ASKED = (
    "Write a title for the conversation below, in its language: two to six words that say what it "
    "is about, without quotation marks. Answer with the title alone."
)
MARKS = "\"'`*_„“”«»‚‘’ \t"
LABEL = re.compile(r"^titel\s*:|^title\s*:", re.IGNORECASE)


class Exchange(NamedTuple):
    """A question and its answer. `is_local`: a local model gave it."""

    question: str
    answer: str
    is_local: bool


def is_wanted(conversation: UUID | None) -> bool:
    """Return whether a conversation may get a title: it is new, and a model is named for that."""
    return conversation is None and TITLE in service.current.defaults


async def give_title(credentials: Credentials, conversation: str, exchange: Exchange) -> str | None:
    """Ask for a title and store it. Return it, or None if the conversation keeps its own."""
    try:
        resolution = await _choose(credentials, conversation, exchange)
        title = cleaned(await _ask(resolution, exchange)) if resolution else ""
        stored = title and await _store(conversation, title_of(exchange.question), title)
        return title if stored else None
    except PortalError as error:
        logger.info("A conversation keeps its first line as its title: %s", error.message)
    except Exception:
        logger.exception("A conversation got no title")
    return None


@threads.in_turn
def _choose(credentials: Credentials, conversation: str, exchange: Exchange) -> Resolution | None:
    """Return the model that may read the exchange. Raises PortalError.

    None if the conversation has been deleted or renamed meanwhile. What a local model has answered
    is for local models alone.
    """
    row = Conversation.objects.filter(pk=conversation).first()
    if row is None or row.title != title_of(exchange.question):
        return None
    access = look_up(credentials).access
    access = access.limited(local_only=row.local_only or exchange.is_local)
    access = marked(service.current, access, [exchange.question, exchange.answer])
    return calls.choose(service.current, TITLE, "", access)


async def _ask(resolution: Resolution, exchange: Exchange) -> str:
    question, answer = exchange.question[:MAX_READ], exchange.answer[:MAX_READ]
    text = f"Question:\n{question}\n\nAnswer:\n{answer}\n\nTitle:"
    messages = [{"role": "system", "content": ASKED}, {"role": "user", "content": text}]
    body: Body = {"messages": messages, "max_tokens": MAX_TOKENS}
    call = Call(new_id(), door="title")
    reply = await calls.chat(resolution, body, call, ("max_tokens",), wait=SECONDS)
    return str(reply["choices"][0]["message"].get("content") or "")


def cleaned(reply: str) -> str:
    """Return the title in a model's reply, without its thoughts and marks; empty if it has none."""
    tags = ThinkTags()
    text = tags.split(reply).text + tags.close().text
    line = next(filter(None, map(str.strip, text.splitlines())), "")
    title = LABEL.sub("", line.lstrip("#").strip(MARKS)).strip(MARKS).removesuffix(".")
    title = plain_line(title)
    good = len(title) <= MAX_TITLE and "://" not in title and any(map(str.isalnum, title))
    return title if good else ""


@threads.in_turn
def _store(conversation: str, old: str, new: str) -> bool:
    """Store the title, unless someone has renamed or deleted the conversation meanwhile."""
    return bool(Conversation.objects.filter(pk=conversation, title=old).update(title=new))
