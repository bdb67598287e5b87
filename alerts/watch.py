"""
Compares what needs attention with the alerts that are open: begins new ones, ends those of before.

What needs attention only for a moment, less than `after` seconds, is no alert; nor is it the end of
one if it is fine for a moment.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from alerts.conditions import EVERY, FIND, LASTING, WITH_END
from alerts.found import Found
from alerts.models import ONCE, Alert, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from alerts.found import Unknown
    from registry.alert_rules import AlertRules
    from registry.snapshot import Registry

logger = logging.getLogger(__name__)
KEPT = timedelta(days=400)  # after the end
Situation = tuple[str, str, str]  # kind, subject, and the key, or "" where it is fine


class Watch:
    """What one worker has seen. `look` may block for the database, and raises DatabaseError."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[Situation, float] = {}
        self._looked: dict[str, tuple[float, list[Found | Unknown] | None]] = {}

    def look(self, registry: Registry) -> None:
        """Begin and end alerts by what is so now."""
        rules = registry.alerts
        looks = {kind: self._look_for(kind, registry) for kind in FIND}
        seen = [item for items in looks.values() for item in items or ()]
        found = {item.what: item for item in seen if isinstance(item, Found)}
        known_open = {(a.kind, a.subject): a for a in Alert.objects.filter(ended=None)}
        unseen = known_open.keys() - {item.what for item in seen}
        fine = [what for what in unseen if looks.get(what[0], ()) is not None]
        situations = [(*what, item.key) for what, item in found.items()]
        self._note([*situations, *((*what, "") for what in fine)])
        for what in fine:
            if self._lasts((*what, ""), rules):
                end(known_open[what], rules)
        for what, item in found.items():
            alert = known_open.get(what)
            if (alert is None or alert.key != item.key) and self._lasts((*what, item.key), rules):
                begin(item, instead_of=alert)
        announce(found.keys(), rules)

    def _look_for(self, kind: str, registry: Registry) -> list[Found | Unknown] | None:
        """Return what is so of a kind, as seen lately; None: that failed, and nothing is known."""
        now = self._clock()
        at, seen = self._looked.get(kind, (float("-inf"), None))
        if now - at >= EVERY.get(kind, 0.0):
            try:
                seen = list(FIND[kind](registry))
            except Exception:
                seen = None
                logger.exception("It is not known whether there are alerts: %s", kind)
            self._looked[kind] = now, seen
        return seen

    def _note(self, situations: Iterable[Situation]) -> None:
        now = self._clock()
        self._since = {situation: self._since.get(situation, now) for situation in situations}

    def _lasts(self, situation: Situation, rules: AlertRules) -> bool:
        seconds = rules.after if situation[0] in LASTING else 0
        return self._clock() - self._since[situation] >= seconds


def begin(found: Found, instead_of: Alert | None = None) -> None:
    """Write an alert, unless there was one of this period, or another worker did."""
    same = {"kind": found.kind, "subject": found.subject, "key": found.key}
    if found.kind in ONCE and Alert.objects.filter(**same).exists():
        return
    now = timezone.now()
    try:
        with transaction.atomic():
            if instead_of:
                Alert.objects.filter(pk=instead_of.pk).update(ended=now)
            text = found.text.replace("\0", "\ufffd")  # Postgres takes none; providers may send it
            Alert.objects.create(**same, text=text, details=dict(found.details), began=now)
    except IntegrityError:
        pass  # another worker saw it first


def announce(found: Collection[tuple[str, str]], rules: AlertRules) -> None:
    """Queue messages about open alerts that have none: new ones, and those that were silent."""
    for alert in Alert.objects.filter(ended=None, deliveries=None):
        if (alert.kind, alert.subject) in found and not is_silent(alert, rules):
            names = [target.name for target in rules.receivers(alert.kind)]
            _queue(alert, Delivery.Event.ALERT, names)


def end(alert: Alert, rules: AlertRules) -> None:
    """End an alert, and let those know who got it, unless another worker did."""
    with transaction.atomic():
        if not Alert.objects.filter(pk=alert.pk, ended=None).update(ended=timezone.now()):
            return
        if alert.kind in WITH_END and not is_silent(alert, rules):
            names = alert.deliveries.filter(event=Delivery.Event.ALERT)
            _queue(alert, Delivery.Event.OVER, names.values_list("target", flat=True))


def is_silent(alert: Alert, rules: AlertRules) -> bool:
    """Does the file, or an operator, say that it is not sent now?"""
    local = timezone.localtime().replace(tzinfo=None)
    if rules.is_silent(alert.kind, alert.subject, local):
        return True
    return Alert.is_silenced(alert.kind, alert.subject, timezone.now())


def _queue(alert: Alert, event: Delivery.Event, targets: Iterable[str]) -> None:
    now = timezone.now()
    Delivery.objects.bulk_create(
        [Delivery(alert=alert, target=name, event=event, due=now) for name in targets],
        ignore_conflicts=True,  # another worker did it
    )


def delete_old() -> None:
    """Delete the alerts that ended long ago."""
    Alert.objects.filter(ended__lt=timezone.now() - KEPT).delete()
