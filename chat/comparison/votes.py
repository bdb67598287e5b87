"""Which answers readers kept of those that they compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from chat.models import Message, State, Vote
from chat.versions import choose

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(slots=True)
class Score:
    """How often a model was compared, and kept; `blind_…`: while its name was hidden."""

    model: str
    kept: int = 0
    compared: int = 0
    blind_kept: int = 0
    blind_compared: int = 0

    @property
    def share(self) -> int:
        """The percentage of comparisons in which it was kept."""
        return round(100 * self.kept / self.compared)

    def count(self, *, kept: bool, blind: bool) -> None:
        self.compared += 1
        self.kept += kept
        self.blind_compared += blind
        self.blind_kept += kept and blind


def versions(question: int) -> QuerySet[Message]:
    """Return the answers to a question, oldest first."""
    return Message.objects.filter(parent=question, role=Message.Role.ASSISTANT).order_by("pk")


@transaction.atomic
def keep(answer: Message, *, blind: bool) -> None:
    """Go on from this answer, and keep that it was preferred to those of other models.

    Raises PortalError `busy` while one of them is being written. Answers that failed, or were
    stopped before their first word, do not count.
    """
    choose(answer)
    ended = versions(answer.parent_id or 0).exclude(state=State.FAILED).exclude(content="")
    others = sorted({*ended.values_list("model", flat=True)} - {answer.model})
    if others:
        fields = {"kept": answer, "model": answer.model, "others": others, "blind": blind}
        Vote.objects.update_or_create(question_id=answer.parent_id, defaults=fields)


def scores() -> list[Score]:
    """Return the score of each model that was compared, the most compared first."""
    by_model: dict[str, Score] = {}
    for model, others, blind in Vote.objects.values_list("model", "others", "blind"):
        for name in (model, *others):
            by_model.setdefault(name, Score(name)).count(kept=name == model, blind=blind)
    return sorted(by_model.values(), key=lambda score: (-score.compared, score.model))
