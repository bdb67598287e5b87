"""Each difference between a provider's file and the ledger has its cause."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.models import Call
from registry.metering.price import PER_UNIT

pytestmark = pytest.mark.django_db
NOON = (timezone.now() - timedelta(days=10)).replace(hour=12, minute=0, second=0, microsecond=0)
DAY, NEXT = NOON.date(), NOON.date() + timedelta(days=1)
HEADER = "day,model,requests,input,cached,output,cost,currency\n"
MODELS = """
models:
  defaults: {}
  rock:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    registry:
      slate: {capabilities: [chat], price: {input: 1000, cached: 500, output: 2000, currency: USD}}
      basalt: {capabilities: [chat]}
  lake:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    shared_cache: true
    registry: {}
"""
Run = Callable[..., tuple[str, int]]


def call(at: datetime = NOON, model: str = "rock:slate", **more: object) -> None:
    """Store a call of 100 tokens in, 10 out, by the price of MODELS."""
    fields = {"outcome": "ok", "input": 100, "output": 10, "currency": "USD",
              "cost": (100 * 1000 + 10 * 2000) * PER_UNIT // 10**6}  # fmt: skip
    Call.objects.create(
        at=at, provider=model.partition(":")[0], model=model, capability="chat",
        resolved_by="default", revision="r", **(fields | more),
    )  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, settings, capsys: pytest.CaptureFixture[str]) -> Run:
    """Compare lines with the ledger, which began long before; return the output and exit code."""
    settings.MODELS_FILE = tmp_path / "models.yaml"
    settings.MODELS_FILE.write_text(MODELS)
    call(NOON - timedelta(days=9), "other:one")

    def run(*lines: str, provider: str = "rock", **options: object) -> tuple[str, int]:
        file = tmp_path / "usage.csv"
        file.write_text(HEADER + "".join(f"{line}\n" for line in lines))
        code = 0
        try:
            call_command("ledger", "reconcile", str(file), provider=[provider], **options)
        except SystemExit as exit_:
            code = int(str(exit_.code))
        return " ".join(capsys.readouterr().out.split()), code

    return run


def test_what_agrees_is_counted(run: Run) -> None:
    call()
    call()
    assert run(f"{DAY},slate,2,200,0,20,0.24,USD") == ("Of 1 days and models, 1 agree.", 0)


def test_a_dated_version_is_the_model_that_was_asked(run: Run) -> None:
    call()
    assert run(f"{DAY},slate-2024-08-06,1,100,0,10,0.12,USD")[1] == 0


def test_another_version_is_another_model(run: Run) -> None:
    call(model="rock:slate-2024-05-13")
    assert run(f"{DAY},slate-2024-08-06,1,100,0,10,,")[1] == 1


def test_what_the_ledger_does_not_have_is_not_explained(run: Run) -> None:
    call()
    out, code = run(f"{DAY},slate,3,300,0,30,,")
    assert code == 1
    assert f"{DAY} slate input 300 100 +200 not explained" in out
    assert "another key or program of the account? --key chooses." in out
    assert out.endswith("Of 1 days and models, 1 differ and are not explained.")


def test_the_key_of_the_portal_is_found_and_can_be_named(run: Run, tmp_path: Path, capsys) -> None:
    call()
    file = tmp_path / "keys.csv"
    file.write_text(f"day,model,api_key_id,num_model_requests,input,output\n"
                    f"{DAY},slate,portals,1,100,10\n{DAY},slate,other,5,900,90\n")  # fmt: skip
    call_command("ledger", "reconcile", str(file), provider=["rock"])
    out = capsys.readouterr().out
    assert "The key portals has what the ledger has: others are not the portal's." in out
    call_command("ledger", "reconcile", str(file), provider=["rock"], key="portals")
    assert "1 agree" in capsys.readouterr().out


def test_estimates_explain_as_much_as_they_may_be_wrong_by(run: Run) -> None:
    call()
    call(outcome="stopped", estimated="stopped", input=40, output=10)
    out, code = run(f"{DAY},slate,2,152,0,13,,")
    assert code == 0
    assert "estimates calls: 1 because they were stopped (40 tokens in, 10 out)." in out
    out, code = run(f"{DAY},slate,2,9000,0,13,,")
    assert code == 1, "more than four times the estimate"
    assert "input 9,000 140 +8,860 not explained" in out
    assert run(f"{DAY},slate,1,100,0,10,,")[1] == 0, "the provider may not count what was stopped"
    assert run(f"{DAY},slate,1,99,0,10,,")[1] == 1


def test_calls_that_failed_are_no_requests_of_the_provider(run: Run) -> None:
    call()
    call(outcome="failed", code="provider_rejected", input=0, output=0, cost=0)
    out, code = run(f"{DAY},slate,1,100,0,10,,")
    assert code == 0
    assert "1 calls failed without an answer: providers count no such." in out


def test_days_before_the_ledger_are_named(run: Run, settings) -> None:
    call()
    before = DAY - timedelta(days=30)
    out, code = run(f"{before},slate,1,100,0,10,,", f"{DAY},slate,1,100,0,10,,")
    assert code == 0
    assert "The ledger's first call is of" in out
    settings.LEDGER_DAYS = 10
    out, code = run(f"{DAY},slate,9,100,0,10,,")
    assert (code, "deleted after LEDGER_DAYS, 10 days" in out) == (0, True)


def test_a_day_that_is_not_over_explains_itself(run: Run) -> None:
    call()
    today = timezone.now().astimezone(UTC).date()
    out, code = run(f"{today},slate,1,100,0,10,,")
    assert (code, "The day is not over." in out) == (0, True)


def test_calls_around_midnight_may_count_on_the_other_day(run: Run) -> None:
    call()
    call(NOON.replace(hour=23, minute=59))
    out, code = run(f"{DAY},slate,1,100,0,10,,", f"{NEXT},slate,1,100,0,10,,")
    assert code == 0
    assert f"From {DAY} to {NEXT} the sums agree: calls around midnight" in out


def test_a_difference_of_its_own_before_does_not_hide_them(run: Run) -> None:
    before = DAY - timedelta(days=1)
    call(NOON - timedelta(days=1))
    call()
    call(NOON.replace(hour=23, minute=59))
    days = [
        f"{before},slate,7,700,0,70,,",
        f"{DAY},slate,1,100,0,10,,",
        f"{NEXT},slate,1,100,0,10,,",
    ]
    out, code = run(*days)
    assert (code, f"From {DAY} to {NEXT} the sums agree" in out) == (1, True)
    assert out.endswith("1 differ and are not explained.")


def test_days_may_be_of_another_time_zone(run: Run) -> None:
    call(NOON.replace(hour=23, minute=30))
    assert run(f"{NEXT},slate,1,100,0,10,,", zone="Europe/Berlin")[1] == 0
    out, code = run(f"{DAY},slate,0,0,0,0,,", f"{NEXT},slate,1,100,0,10,,")
    assert (code, "or days are not UTC's: --zone." in out) == (0, True)


def test_another_price_is_shown_with_the_one_of_the_file(run: Run) -> None:
    call()
    out, code = run(f"{DAY},slate,1,100,0,10,0.24,USD")
    assert code == 0
    assert (
        "The provider asks 0.2400 for what costs 0.1200 by the price of models.yaml "
        "(1000 in, 500 cached, 2000 out USD, from the first day)."
    ) in out


def test_a_cost_that_follows_from_the_tokens_is_theirs(run: Run) -> None:
    call(outcome="left", estimated="left")
    out, code = run(f"{DAY},slate,1,200,0,20,0.24,USD")
    assert code == 0
    assert "what the provider counts costs what it asks." in out


def test_calls_without_a_price_are_named(run: Run) -> None:
    call(model="rock:basalt", cost=None, currency="")
    out, code = run(f"{DAY},basalt,1,100,0,10,0.5,USD")
    assert (code, "1 calls have no cost: models.yaml had no price for rock:basalt." in out) == (
        0, True)  # fmt: skip


def test_costs_in_two_currencies_are_not_compared(run: Run) -> None:
    call()
    out, code = run(f"{DAY},slate,1,100,0,10,0.5,EUR")
    assert (code, "The ledger counts in USD, not in EUR." in out) == (0, True)


def test_costs_of_keys_alone_explain_nothing(run: Run, tmp_path: Path) -> None:
    call()
    file = tmp_path / "keys.csv"
    file.write_text(f"day,project,cost,currency\n{DAY},a,5,USD\n{DAY},b,4,USD\n")
    with pytest.raises(SystemExit):
        call_command("ledger", "reconcile", str(file), provider=["rock"])


def test_a_shared_cache_is_not_in_the_ledger(run: Run) -> None:
    call(model="lake:mud")
    out, code = run(f"{DAY},mud,1,100,60,10,,", provider="lake")
    assert (code, "no cached tokens of a provider with `shared_cache`" in out) == (0, True)


def test_costs_of_a_day_are_compared_with_those_of_all_models(run: Run, tmp_path: Path) -> None:
    call()
    call(model="rock:basalt")
    assert run(f"{DAY},,,,,,0.24,USD")[1] == 0
    out, code = run(f"{DAY},,,,,,0.9,USD")
    assert (code, f"{DAY} all models cost 0.9000 0.2400 +0.6600 not explained" in out) == (1, True)


def test_models_that_the_file_does_not_have_are_shown(run: Run) -> None:
    call()
    call(model="rock:basalt")
    out, code = run(f"{DAY},slate,1,100,0,10,,")
    assert (code, f"{DAY} basalt requests 0 1 -1 not explained" in out) == (1, True)


def test_the_csv_has_all_that_was_compared(run: Run, tmp_path: Path, capsys) -> None:
    call()
    file = tmp_path / "usage.csv"
    file.write_text(f"day,model,input,output\n{DAY},slate,100,10\n")
    call_command("ledger", "reconcile", str(file), provider=["rock"], csv=True)
    (line,) = csv.DictReader(StringIO(capsys.readouterr().out))
    assert (line["day"], line["model"], line["state"]) == (f"{DAY}", "slate", "agrees")
    assert (line["provider_input"], line["ledger_input"], line["provider_requests"]) == (
        "100", "100", "")  # fmt: skip


def test_no_name_of_a_file_is_a_formula_in_the_csv(run: Run, tmp_path: Path, capsys) -> None:
    call()
    file = tmp_path / "usage.csv"
    file.write_text(f"day,model,cost,currency\n{DAY},@slate,1,=A1\n")
    with pytest.raises(SystemExit):
        call_command("ledger", "reconcile", str(file), provider=["rock"], csv=True)
    lines = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert {line["currency"] for line in lines} >= {"'=A1"}
    assert not [cell for line in lines for cell in line.values() if cell.startswith(("=", "@"))]


def test_a_provider_without_calls_is_named_with_those_that_have_some(run: Run) -> None:
    call()
    with pytest.raises(
        CommandError, match=r"no call of pond\. Name it with --provider: other, rock"
    ):
        run(f"{DAY},slate,1,1,1,1,,", provider="pond")
    with pytest.raises(CommandError, match="Mars is no time zone"):
        run(f"{DAY},slate,1,1,1,1,,", zone="Mars")
