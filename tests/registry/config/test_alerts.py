"""`alerts` of models.yaml: targets, their variables, and what is silent."""

from __future__ import annotations

from datetime import datetime

from registry import snapshot
from registry.alert_rules import AlertRules
from tests.registry.config.loading import GOOD, KEY, load

HOOK = "https://hooks.example.org/T1/secret"
ALERTS = """
alerts:
  targets:
    ops: {webhook: "${HOOK}", headers: {Authorization: "Bearer ${HOOK_TOKEN:-none}"}, on: [drift]}
    money: {mail: ["${BOSS:-boss@example.org}", cfo@example.org]}
  after: 5
  silence:
    - {on: provider_down, of: openai, until: 2026-12-24T18:00}
    - {of: rock, until: 2026-12-24}
"""


def rules(**environ: str) -> AlertRules:
    return snapshot.build(load(GOOD + ALERTS, **KEY, **environ)).alerts


def test_variables_are_filled_in_addresses_and_headers() -> None:
    ops, money = rules(HOOK=HOOK).targets
    assert ops.url == HOOK
    assert ops.headers == {"Authorization": "Bearer none"}
    assert money.mail == ("boss@example.org", "cfo@example.org")
    assert HOOK not in repr(ops)
    assert ops.place == "hooks.example.org"


def test_a_target_without_its_variable_gets_nothing() -> None:
    found = rules()
    assert found.targets[0].lacks == "HOOK (not set)"
    assert [target.name for target in found.receivers("drift")] == ["money"]


def test_a_target_gets_the_kinds_that_it_names_or_all() -> None:
    found = rules(HOOK=HOOK)
    assert [target.name for target in found.receivers("drift")] == ["ops", "money"]
    assert [target.name for target in found.receivers("budget")] == ["money"]


def test_silence_covers_a_kind_a_subject_and_ends() -> None:
    found, noon = rules(HOOK=HOOK), datetime(2026, 12, 24, 12)
    assert found.is_silent("provider_down", "openai", noon)
    assert not found.is_silent("drift", "openai", noon)
    assert found.is_silent("drift", "rock", datetime(2026, 12, 24, 23))
    assert not found.is_silent("provider_down", "openai", datetime(2026, 12, 24, 18))


def test_an_edit_of_a_variable_is_seen() -> None:
    assert {"HOOK", "HOOK_TOKEN", "BOSS"} <= load(GOOD + ALERTS, **KEY).variables
