"""What needs attention is an alert, once; what passes at once is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.utils import timezone

from alerts import background, conditions, watch
from alerts.found import Found, Unknown
from alerts.models import Alert, Delivery
from registry.alert_rules import AlertRules, Silence
from registry.config.alert_targets import Target
from registry.config.alerts import KINDS
from registry.snapshot import Registry

pytestmark = pytest.mark.django_db
ALL = frozenset(KINDS)
RULES = AlertRules(
    (Target("ops", ALL, "http://x"), Target("cfo", frozenset({"budget"}), "http://y"))
)
DOWN = Found("provider_down", "rock", "unreachable", "rock is not reachable.")
SPENT = Found("budget", "lab", "2026-11-01", "81 % is used.")
BAD = Found("file_rejected", "models.yaml", "abc", "models.yaml was not loaded")


class Scene:
    """A watch, what is so, and a clock of whole seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.rules = 0.0, RULES
        self.so: list[Found | Unknown] = []
        self.watch = watch.Watch(lambda: self.now)
        monkeypatch.setattr(conditions, "EVERY", {})
        monkeypatch.setattr(watch, "EVERY", {})
        monkeypatch.setattr(watch, "FIND", {"all": lambda registry: iter(self.so)})

    def look(self, *so: Found | Unknown, after: float = 0) -> list[tuple[str, ...]]:
        """Look after some seconds; return what is to be sent, the newest last."""
        self.now, self.so = self.now + after, list(so)
        self.watch.look(Registry("r", {}, {}, (), {}, alerts=self.rules))
        rows = Delivery.objects.order_by("due").values_list("alert__kind", "target", "event")
        return sorted(rows)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


BEGAN = ("provider_down", "ops", "alert")
OVER = ("provider_down", "ops", "over")


def test_a_provider_must_be_down_for_a_while(scene: Scene) -> None:
    assert scene.look(DOWN) == []
    assert scene.look(DOWN, after=59) == []
    assert scene.look(DOWN, after=1) == [BEGAN]
    assert scene.look(DOWN, after=600) == [BEGAN]


def test_a_provider_that_was_down_for_a_moment_is_no_alert(scene: Scene) -> None:
    scene.look(DOWN)
    scene.look(after=30)
    assert scene.look(DOWN, after=59) == []
    assert not Alert.objects.exists()


def test_the_end_is_sent_once_it_lasts(scene: Scene) -> None:
    scene.look(DOWN)
    scene.look(DOWN, after=60)
    assert scene.look(after=5) == [BEGAN]
    assert scene.look(DOWN, after=5) == [BEGAN]
    assert scene.look(after=5) == [BEGAN]
    assert scene.look(after=60) == [BEGAN, OVER]
    assert Alert.objects.get().ended is not None
    scene.look(DOWN, after=1)
    assert len(scene.look(DOWN, after=60)) == 3


def test_what_is_not_known_ends_nothing(scene: Scene) -> None:
    scene.look(DOWN)
    scene.look(DOWN, after=60)
    scene.look(Unknown("provider_down", "rock"), after=1)
    assert scene.look(Unknown("provider_down", "rock"), after=600) == [BEGAN]


def test_another_mistake_in_the_file_is_another_alert(scene: Scene) -> None:
    scene.look(BAD)
    assert len(scene.look(replace(BAD, key="def"))) == 2
    assert Alert.objects.filter(ended=None).get().key == "def"
    assert [event for _, _, event in scene.look()] == ["alert", "alert", "over"]
    assert len(scene.look(replace(BAD, key="def"))) == 4  # the same mistake, made again


def test_a_budget_is_sent_once_in_its_period(scene: Scene) -> None:
    began = [("budget", "cfo", "alert"), ("budget", "ops", "alert")]
    assert scene.look(SPENT) == began
    scene.look()  # someone raised it
    assert scene.look(SPENT) == began
    assert len(scene.look(replace(SPENT, key="2026-12-01"))) == 4
    assert not Delivery.objects.filter(event="over").exists()


def test_two_workers_that_see_the_same_make_one_alert(scene: Scene) -> None:
    other = watch.Watch(lambda: scene.now)
    for each in (scene.watch, other, scene.watch, other):
        scene.watch = each
        assert len(scene.look(BAD)) == 1
    watch.begin(BAD)  # which did not see that it is open
    assert Alert.objects.count() == 1
    (alert,) = Alert.objects.all()
    watch.end(alert, RULES)
    watch.end(alert, RULES)
    assert len(scene.look()) == 2


def test_what_the_file_silences_is_sent_when_the_silence_ends(scene: Scene) -> None:
    scene.rules = replace(RULES, silences=(Silence("", "models.yaml", datetime.max),))
    assert scene.look(BAD) == []
    scene.rules = RULES
    assert scene.look(BAD) == [("file_rejected", "ops", "alert")]


def test_an_end_of_what_was_not_sent_is_not_sent(scene: Scene) -> None:
    scene.rules = replace(RULES, silences=(Silence("file_rejected", "", datetime.max),))
    scene.look(BAD)
    scene.rules = RULES
    assert scene.look() == []


def test_an_operator_silences_what_comes_again(scene: Scene) -> None:
    scene.look(BAD)
    Alert.objects.update(silent_until=timezone.now() + timedelta(days=1))
    assert len(scene.look()) == 1  # no message about its end
    assert len(scene.look(replace(BAD, key="def"))) == 1
    Alert.objects.update(silent_until=timezone.now())
    assert len(scene.look(replace(BAD, key="def"))) == 2


def test_a_look_that_fails_ends_nothing_and_stops_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(registry: Registry):
        raise OSError

    scene.look(BAD)
    both = {"file_rejected": broken, "drift": lambda registry: iter(scene.so)}
    monkeypatch.setattr(watch, "FIND", both)
    drift = replace(DOWN, kind="drift", text="a\0b")
    scene.look(drift)
    assert len(scene.look(drift, after=60)) == 2
    assert Alert.objects.get(kind="drift").text == "a\ufffdb"
    assert Alert.objects.get(kind="file_rejected").ended is None
    assert "file_rejected" in caplog.text


def test_a_thread_goes_on_after_an_error_before_its_step(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    errors = iter([OSError("no space"), SystemExit()])

    class Broken:
        @property
        def current(self) -> Registry:
            raise next(errors)

    monkeypatch.setattr(background, "service", Broken())
    monkeypatch.setattr(background, "INTERVAL_SECONDS", 0)
    with pytest.raises(SystemExit):
        background.Background()._run(lambda registry: None)
    assert "no space" in caplog.text


def test_dear_looks_are_made_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, now = count(), [0.0]

    def find(registry: Registry):
        next(looks)
        return iter(())

    monkeypatch.setattr(watch, "FIND", {"budget": find})
    seen = watch.Watch(lambda: now[0])
    for now[0] in (0, 1, 59, 60, 61):
        seen.look(Registry("r", {}, {}, (), {}))
    assert next(looks) == 2


def test_old_alerts_are_deleted(scene: Scene) -> None:
    scene.look(BAD)
    watch.delete_old()
    Alert.objects.update(ended=timezone.now() - timedelta(days=401))
    watch.delete_old()
    assert not Delivery.objects.exists()
