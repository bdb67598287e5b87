"""What a share copies of a conversation or a question: what a reader may see, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from chat.models import Conversation, State
from core.personal_data.kinds import each
from sharing.models import Share
from workflow.answers import IRAnswer, Preview
from workflow.models import Inquiry
from workflow.page.inquiry import InquiryAnswer, from_stored, to_stored
from workflow.page.kept import stored_view

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from workflow.page.context import QueryView

UNFINISHED = gettext_noop("This answer is not finished.")  # is translated when it is shown


def of_conversation(user: User, row: Conversation) -> Share:
    """Return a share of a conversation's messages: without thoughts, instructions and models."""
    messages = row.messages.filter(replaced=False).exclude(state__in=(State.RUNNING, State.FAILED))
    content = {
        "messages": [
            {
                "role": message.role,
                "content": message.content,
                "note": "" if message.state == State.COMPLETE else UNFINISHED,
            }
            for message in each(messages)
        ]
    }
    return Share(
        user=user, conversation=row, title=row.title, content=content, local_only=row.local_only
    )


def of_inquiry(user: User, row: Inquiry) -> Share | None:
    """Return a share of a question's query, as it was edited last; None if it has none."""
    shown = stored_view(row, None)
    if not shown.sql or shown.ir is None:
        return None
    content = {
        "question": row.question,
        "schema": row.schema,
        "answer": _answer(row, shown),
        "edited": row.edited,
    }
    return Share(user=user, inquiry=row, title=str(row), content=content, source=row.source)


def _answer(row: Inquiry, shown: QueryView) -> dict[str, Any]:
    """Return the models' query as an inquiry stores it, without their replies and names.

    The edited one, if the models had none.
    """
    own = from_stored(row.answer)
    final, sql = own.final, own.sql
    if not sql or final.ir is None:
        final, sql = IRAnswer(ir=shown.ir, explanation=shown.explanation, outcome="ok"), shown.sql
    built = IRAnswer(
        ir=final.ir,
        valid=True,
        explanation=final.explanation,
        outcome="ok",
        basis=final.basis,
        sql_preview=Preview(row.dialect, sql),
    )
    answer = InquiryAnswer(dialect=row.dialect, built=built, clauses=own.clauses, doubts=own.doubts)
    return to_stored(answer)


def as_inquiry(share: Share, user: User) -> Inquiry:
    """Return a shared question as a question of `user`; it is not stored yet."""
    content = share.content
    return Inquiry(
        user=user,
        question=content["question"],
        dialect=content["answer"]["dialect"],
        source=share.source,
        schema=content["schema"],
        outcome="ok",
        answer=content["answer"],
        edited=content["edited"],
    )
