"""
Sends the messages that are due, and sends those again that failed, with growing pauses.

A worker claims a message before it sends it, by moving its time: so no other one sends it as well.
If the worker ends in between, the message is sent again after CLAIM; its `id` is the same.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from alerts.models import MAX_ERROR, Delivery
from alerts.sending import mail, webhook
from alerts.sending.errors import SendingError
from alerts.sending.message import Message

if TYPE_CHECKING:
    from registry.alert_rules import AlertRules
    from registry.config.alert_targets import Target

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)
FIRST_PAUSE, MAX_PAUSE = 10, 3600  # seconds
MAX_ATTEMPTS = 32  # in about a day
BATCH = 20


def send(target: Target, message: Message) -> None:
    """Send a message to a target. Raises SendingError."""
    if target.missing:
        raise SendingError(f"variables have no value: {target.lacks}")
    (webhook if target.url else mail).send(target, message)


def send_due(rules: AlertRules) -> int:
    """Send what is due, and return how many messages were sent."""
    targets = {target.name: target for target in rules.targets}
    due = Delivery.objects.filter(state=Delivery.State.WAITING, due__lte=timezone.now())
    waiting = list(due.select_related("alert").order_by("due")[:BATCH])
    return sum(_deliver(each, targets.get(each.target)) for each in waiting if _claim(each))


def _claim(delivery: Delivery) -> bool:
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, due=delivery.due)
    delivery.attempts += 1
    return bool(mine.update(due=timezone.now() + CLAIM, attempts=delivery.attempts))


def _deliver(delivery: Delivery, target: Target | None) -> bool:
    """Send a message that this worker has claimed, and write what became of it."""
    if target is None:
        _give_up(delivery, "models.yaml has no such target")
        return False
    try:
        send(target, Message.of(delivery))
    except SendingError as error:
        _failed(delivery, target, str(error))
        return False
    except Exception as error:  # such as a sender that is none: the pauses grow here, too
        logger.exception("An alert was not sent to %s", target.name)
        _failed(delivery, target, type(error).__name__)
        return False
    delivery.state, delivery.sent, delivery.error = Delivery.State.SENT, timezone.now(), ""
    delivery.save(update_fields=["state", "sent", "error"])
    return True


def _failed(delivery: Delivery, target: Target, why: str) -> None:
    if delivery.attempts == 1:
        logger.warning("An alert did not reach %s (%s): %s", target.name, target.place, why)
    if delivery.attempts >= MAX_ATTEMPTS:
        return _give_up(delivery, why)
    pause = min(FIRST_PAUSE * 2 ** (delivery.attempts - 1), MAX_PAUSE)
    delivery.due, delivery.error = timezone.now() + timedelta(seconds=pause), why[:MAX_ERROR]
    delivery.save(update_fields=["due", "error"])


def _give_up(delivery: Delivery, why: str) -> None:
    logger.error("An alert is not sent to %s again: %s", delivery.target, why)
    delivery.state, delivery.error = Delivery.State.GIVEN_UP, why[:MAX_ERROR]
    delivery.save(update_fields=["state", "error"])
