"""
What the portal of the pictures has stored: a conversation, prompts, feedback, a share, tables.

`fill` runs in the portal's own process: `manage.py shell -c "from scripts.pictures import content;
content.fill()"`. Dates are fixed, so that pictures stay the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission, User

from accounts.models import ApiToken
from chat.models import Conversation, Feedback, Instructions, Message, Prompt
from ledger.sums import Day, Hour, Latency
from scripts.pictures.served import IDS
from sharing.models import Share
from workflow.models import Confirmation, Inquiry

if TYPE_CHECKING:
    from django.db.models import Model

DAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CONVERSATION = "00000000-0000-4000-8000-000000000001"  # IDs that are in addresses
COMPARISON = "00000000-0000-4000-8000-000000000003"
SHARE = "00000000-0000-4000-8000-000000000002"
BEGIN = "f3a91c07d2b8e64"  # of the token
END = datetime(2099, 12, 31, tzinfo=UTC)
MODEL, OTHER = IDS[:2]
EARLIER = ["Minutes of the works council", "A polite reminder", "Regular expression for IBANs"]
QUESTION = "How do I find customers without an order?"
ANSWER = r"""Use a `LEFT JOIN` and keep the rows that found no order:

```sql
SELECT customer.name FROM customer
LEFT JOIN orders ON orders.customer_id = customer.id
WHERE orders.id IS NULL;
```

| part of the query | what it does |
|---|---|
| `LEFT JOIN` | keeps every customer |
| `orders.id IS NULL` | is true only where **no order** was found |

Their share of all customers is $p = \frac{n_{\text{without}}}{n_{\text{all}}}$.
"""
COMPARED = "What is an index of a database?"
SHORT = "A sorted copy of some columns: the database finds rows **without reading all**."
LONG = """Think of the index of a book:

1. it lists words in order,
2. and the pages they are on.

A database does the same with values and rows.
"""


def fill() -> None:
    """Store everything that does not need a model."""
    ann, olga = (User.objects.get(username=name) for name in ("ann", "olga"))
    sales = Group.objects.create(name="Sales")
    ann.groups.add(sales)
    for codename in ("run_sql", "view_feedback"):
        ann.user_permissions.add(Permission.objects.get(codename=codename))
    User.objects.filter(pk=olga.pk).update(is_superuser=True)
    ApiToken.objects.exclude(user=ann).delete()
    for title in EARLIER:
        _talk(ann, title, "Here you are.")
    answer = _talk(ann, QUESTION, ANSWER, id=CONVERSATION)
    Feedback.objects.create(message=answer, good=True, text="It works at once.", shared=True)
    _compare(ann)
    other = _talk(olga, "Dates in SQL", "Use `DATE`.")
    Feedback.objects.create(message=other, good=False, reason="wrong", text="Another dialect.")
    Instructions.objects.create(user=ann, text="Answer briefly.\nWe use SQLite and Python 3.12.")
    _prompts(ann, sales)
    _share(ann, sales, answer.conversation)
    _use(ann)


def _use(user: User) -> None:
    """Add what a person used on each day of the month."""
    random = Random(7)  # noqa: S311 — the same picture each time
    for day, model in product(range(28), (MODEL, OTHER)):
        calls = random.randrange(2, 30)
        at = DAY - timedelta(days=day)
        alike = {"at": at, "capability": "chat", "model": model}
        used = {**alike, "person": user.pk, "groups": "Sales", "provider": model.partition(":")[0],
                "currency": "EUR", "unpriced": 0, "reasoning": 0, "images": 0}  # fmt: skip
        for sums in (Hour, Day):
            for outcome, number in (("ok", calls), ("failed", calls * (day % 9 == 4) // 3)):
                sums.objects.create(
                    **used, outcome=outcome, code="provider_timeout" if outcome != "ok" else "",
                    calls=number, estimated=number // 20, input=number * 812, cached=number * 210,
                    output=number * 264, cost=number * 3_700_000_000, took=number * 2100,
                )  # fmt: skip
        for kind, bucket in (("first", 24), ("took", 34)):
            for more in range(6):
                Latency.objects.create(**alike, kind=kind, bucket=bucket + more, calls=60 - more**2)


def _talk(user: User, question: str, answer: str, **more: str) -> Message:
    """Store a question and its answer. Returns the answer."""
    conversation = Conversation.objects.create(
        user=user, title=question[:60], created=DAY, updated=DAY, **more
    )
    asked = conversation.messages.create(role="user", content=question, created=DAY)
    return _answer(asked, answer)


def _answer(asked: Message, answer: str, model: str = MODEL, milliseconds: int = 2600) -> Message:
    """Store a model's answer to a question."""
    provider, _, name = model.partition(":")
    return Message.objects.create(
        conversation=asked.conversation, parent=asked, role="assistant", content=answer,
        model=model,
        resolution={"id": model, "provider": provider, "name": name, "registry": True,
                    "resolved_by": "default", "revision": "0" * 12},
        usage={"prompt_tokens": 42, "completion_tokens": len(answer) // 4, "total_tokens": 160},
        first_token_ms=milliseconds // 6, duration_ms=milliseconds, sent=1, created=DAY,
    )  # fmt: skip


def _compare(user: User) -> None:
    """Store two models' answers to one question."""
    conversation = Conversation.objects.create(
        id=COMPARISON, user=user, title=COMPARED, created=DAY, updated=DAY
    )
    asked = conversation.messages.create(role="user", content=COMPARED, created=DAY)
    first = _answer(asked, SHORT, milliseconds=1300)
    _answer(asked, LONG, OTHER, 3100)
    Message.objects.filter(pk=first.pk).update(replaced=True)


def _prompts(user: User, group: Group) -> None:
    for title, text in {
        "Answer a complaint": "Answer this complaint of {{customer}} in a friendly way: {{text}}",
        "Minutes": "Turn these notes into minutes, with decisions first: {{notes}}",
    }.items():
        prompt = Prompt.objects.create(user=user, title=title, text=text)
        prompt.groups.add(group)


def _share(user: User, group: Group, conversation: Conversation) -> None:
    content = {
        "messages": [
            {"role": row.role, "content": row.content, "note": ""}
            for row in conversation.messages.all()
        ]
    }
    share = Share.objects.create(
        id=SHARE, user=user, conversation=conversation,
        title=conversation.title, content=content, created=DAY, ends=END,
    )  # fmt: skip
    share.groups.add(group)


def freeze() -> None:
    """Give what was stored while the pictures were prepared a fixed date."""
    dated: tuple[tuple[type[Model], str], ...] = (
        (Inquiry, "asked"), (Feedback, "created"), (Prompt, "updated"), (ApiToken, "created"),
        (Confirmation, "at"),
    )  # fmt: skip
    for model, field in dated:
        model._default_manager.update(**{field: DAY})
    ApiToken.objects.update(name="Weekly report", token_key=BEGIN, expiry=END, last_used=DAY)
    User.objects.update(date_joined=DAY, last_login=DAY)
