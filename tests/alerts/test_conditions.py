"""What needs attention: budgets, providers, lists of models, ends of models, the file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils.timezone import localdate, now

from alerts.conditions import FIND
from alerts.found import Found, Unknown
from ledger.models import Call
from ledger.rollup import add
from registry import snapshot
from registry.health.health import Health
from registry.health.monitor import monitor
from registry.metering.price import PER_UNIT
from registry.snapshot import Registry
from registry.state.current import Rejected
from registry.state.service import service
from tests.registry.config.loading import GOOD, KEY, load


def registry(more: str = "", model: str = "capabilities: [chat]") -> Registry:
    text = GOOD.replace("capabilities: [chat]", model)
    return snapshot.build(load(f"{text}{more}", **KEY))


def found(kind: str, seen: Registry) -> list[Found | Unknown]:
    return list(FIND[kind](seen))


@pytest.fixture
def health(monkeypatch: pytest.MonkeyPatch) -> dict[str, Health]:
    results: dict[str, Health] = {}
    monkeypatch.setattr(monitor, "results", results)
    monkeypatch.setattr(monitor, "traffic", {})
    return results


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("unreachable", "openai is not reachable: why"),
        ("auth_failed", "openai refuses the portal's key: why"),
        ("degraded", ""),
        ("healthy", ""),
    ],
)
def test_a_provider_is_down_if_it_cannot_answer(
    status: str, text: str, health: dict[str, Health]
) -> None:
    health["openai"] = Health(status, "why", now().timestamp())  # type: ignore[arg-type]
    texts = [one.text for one in found("provider_down", registry()) if isinstance(one, Found)]
    assert texts == [text] * bool(text)


def test_a_provider_that_was_not_asked_yet_is_not_known(health: dict[str, Health]) -> None:
    assert found("provider_down", registry()) == [Unknown("provider_down", "openai")]


def test_a_model_that_its_provider_no_longer_lists_is_drift(health: dict[str, Health]) -> None:
    health["openai"] = Health("healthy", "", now().timestamp(), names=("b",))
    (drift,) = found("drift", registry())
    assert isinstance(drift, Found)
    assert drift.text == "openai does not have models that models.yaml lists: openai:a."
    health["openai"] = Health("healthy", "", now().timestamp(), names=("a", "b"))
    assert found("drift", registry()) == []


def test_a_provider_that_is_down_lists_nothing_and_is_no_drift(health: dict[str, Health]) -> None:
    health["openai"] = Health("unreachable", "", now().timestamp())
    assert found("drift", registry()) == [Unknown("drift", "openai")]


@pytest.mark.parametrize(
    ("days", "when"),
    [(14, "ends in 14 days"), (1, "ends in 1 day"), (0, "ends today"), (-3, "has ended")],
)
def test_a_model_that_ends_soon_is_found(days: int, when: str) -> None:
    last = (localdate() + timedelta(days=days)).isoformat()
    (one,) = found("model_ends", registry(model=f"capabilities: [chat], ends: {last}"))
    assert isinstance(one, Found)
    assert one.text == f"openai:a {when}: its last day is {last}. It is the default for chat."
    assert one.key == last


def test_a_model_that_ends_later_is_not_found() -> None:
    last = (localdate() + timedelta(days=15)).isoformat()
    assert not found("model_ends", registry(model=f"capabilities: [chat], ends: {last}"))
    assert found(
        "model_ends", registry("alerts: {before: 15}", f"capabilities: [chat], ends: {last}")
    )


def test_a_rejected_file_is_found_with_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = registry()
    monkeypatch.setattr(service, "rejected", None)
    assert found("file_rejected", seen) == []
    problems = tuple(f"models.yaml:{line}:1  Wrong." for line in range(1, 13))
    monkeypatch.setattr(service, "rejected", Rejected("2026-11-30T00:00:00+00:00", problems))
    (one,) = found("file_rejected", seen)
    assert isinstance(one, Found)
    lines = one.text.splitlines()
    assert lines[0] == f"models.yaml was not loaded; revision {seen.revision} stays in use:"
    assert lines[1] == "  models.yaml:1:1  Wrong."
    assert lines[-1] == "  … and 2 more"


BUDGETS = """
budgets:
  house: {title: The house, per: month, money: 10, currency: EUR}
  groups: {per: day, each: group, tokens: 100}
  own: {per: day, each: person, tokens: 1}
"""


def spent(euros: float, tokens: int, groups: str) -> None:
    call = Call(at=now(), capability="chat", provider="openai", model="openai:a", resolved_by="default",
                revision="r", outcome="ok", person=7, input=tokens, cost=round(euros * PER_UNIT),
                currency="EUR", groups=groups)  # fmt: skip
    call.save()
    add([call])


def members(group: str, count: int) -> None:
    lab = Group.objects.create(name=group)
    for number in range(count):
        User.objects.create(username=f"{group}-{number}").groups.add(lab)


@pytest.mark.django_db
def test_a_budget_of_which_much_is_used_is_found_and_those_of_persons_are_not() -> None:
    members("lab", 2)
    spent(7.99, 79, "lab\nlaw")
    assert found("budget", registry(BUDGETS)) == []
    spent(0.26, 1, "lab")
    house, lab = found("budget", registry(BUDGETS))
    assert isinstance(house, Found)
    assert house.text.startswith(
        "82 % of the budget “The house” is used: 8.25 of 10.00 EUR. It begins again on 20"
    )
    assert house.key == localdate().replace(day=1).isoformat()
    assert isinstance(lab, Found)
    assert lab.subject == "groups/lab"
    assert lab.text.startswith("80 % of the budget “groups” of lab is used: 80 of 100 tokens.")


@pytest.mark.django_db
def test_an_alert_says_if_a_budget_refuses_nothing() -> None:
    spent(11, 1, "")
    (house,) = found(
        "budget", registry(BUDGETS.replace("currency: EUR", "currency: EUR, shadow: true"))
    )
    assert isinstance(house, Found)
    assert " is used: 11.00 of 10.00 EUR. It refuses nothing. It begins again on 20" in house.text
    assert house.details["refuses"] is False


@pytest.mark.django_db
def test_the_budget_of_a_group_of_one_person_is_not_found() -> None:
    members("lab", 1)
    spent(0, 90, "lab")
    assert found("budget", registry(BUDGETS)) == []


@pytest.mark.django_db
def test_alerts_may_come_at_another_share_than_pages_warn_at() -> None:
    spent(5, 0, "lab")
    assert found("budget", registry(BUDGETS)) == []
    assert len(found("budget", registry(f"{BUDGETS}alerts: {{at: 50}}\n"))) == 1
