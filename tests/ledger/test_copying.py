"""What journals hold becomes rows and sums, once, whatever is interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError, DataError
from msgspec import structs

from ledger import copying, rollup
from ledger.copying import Copier
from ledger.models import Call, Link, Salt
from ledger.rollup import bucket_of, milliseconds_of
from ledger.rows import MAX_COST
from ledger.sums import Hour, Latency
from registry.metering.tokens import Tokens
from tests.ledger.journals import EXPECTED, NOON, PRICE, append, begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3_600_000_000


def test_a_call_becomes_a_row_with_its_cost(tmp_path: Path) -> None:
    call = begun()
    write(tmp_path, call, ended(call, tokens=Tokens(1000, 200, cached=400)))
    assert Copier(tmp_path).copy() == 1
    row = Call.objects.get()
    assert (row.person, row.token, row.groups, row.worker) == (7, "abcd", "a\nb", "m-1-1")
    assert (row.input, row.cached, row.output) == (1000, 400, 200)
    assert (row.first, row.took) == (200, 1000)
    assert row.cost == 600 * 2_000_000 + 400 * 1_000_000 + 200 * 8_000_000
    assert row.currency == "EUR"
    assert row.at.isoformat() == "2026-12-24T12:00:00+00:00"


def test_a_model_without_a_price_has_no_cost(tmp_path: Path) -> None:
    call = begun(prices=())
    write(tmp_path, call, ended(call))
    Copier(tmp_path).copy()
    assert Call.objects.get().cost is None
    assert Hour.objects.get().unpriced == 1


def test_what_a_provider_refused_costs_nothing(tmp_path: Path) -> None:
    call = begun()
    write(tmp_path, call, ended(call, "failed", Tokens(), code="provider_rejected"))
    Copier(tmp_path).copy()
    assert Call.objects.get().cost == 0


def test_sums_are_those_of_the_rows(tmp_path: Path) -> None:
    calls = [begun(at=NOON + n * HOUR // 2, person=str(n % 2)) for n in range(8)]
    write(tmp_path, *(record for call in calls for record in (call, ended(call))))
    Copier(tmp_path).copy()
    assert Hour.objects.count() == 8
    assert sum(Hour.objects.values_list("input", flat=True)) == 8000
    assert sum(hour.cost for hour in Hour.objects.all()) == sum(
        row.cost or 0 for row in Call.objects.all()
    )
    more = begun(person="0")
    write(tmp_path, more, ended(more), name="m-2-1")
    Copier(tmp_path).copy()
    assert Hour.objects.count() == 8
    assert sum(Hour.objects.values_list("calls", flat=True)) == 9
    assert sum(Latency.objects.filter(kind="first").values_list("calls", flat=True)) == 9


def test_a_call_under_way_waits_for_its_end(tmp_path: Path) -> None:
    call = begun()
    journal, copier = write(tmp_path, call), Copier(tmp_path)
    assert copier.copy() == 0
    append(journal, ended(call))
    assert copier.copy() == 1


def test_what_a_dead_process_had_under_way_is_settled(tmp_path: Path) -> None:
    call = begun()
    journal, copier = write(tmp_path, call), Copier(tmp_path)
    copier.copy()
    journal.close()
    assert copier.copy() == 1
    row = Call.objects.get()
    assert (row.outcome, row.estimated) == ("lost", "lost")
    assert (row.input, row.output) == (EXPECTED.input, EXPECTED.output)
    assert not list(tmp_path.glob("*.journal"))


def test_nothing_is_counted_twice_when_it_is_read_again(tmp_path: Path) -> None:
    call = begun()
    journal = write(tmp_path, call, ended(call))
    assert Copier(tmp_path).copy() == 1
    assert Copier(tmp_path).copy() == 0, "a new process reads the whole segment"
    assert Hour.objects.get().calls == 1
    journal.close()
    Copier(tmp_path).copy()
    assert not list(tmp_path.glob("*.journal"))
    assert Hour.objects.get().calls == 1


def test_a_row_that_someone_deleted_stays_missing_and_stops_no_other(tmp_path: Path) -> None:
    first, second = begun(), begun()
    journal = write(tmp_path, first, ended(first))
    Copier(tmp_path).copy()
    Call.objects.all()._raw_delete(Call.objects.db)
    append(journal, second, ended(second))
    assert Copier(tmp_path).copy() == 1, "a new process reads the whole segment"
    assert [call.pk.bytes for call in Call.objects.all()] == [second.key]
    assert Hour.objects.get().calls == 2, "it was made"
    assert list(Link.objects.order_by("place").values_list("place", flat=True)) == [1, 2]


def test_rows_wait_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = begun()
    write(tmp_path, call, ended(call)).close()
    copier = Copier(tmp_path)

    def fail(rows: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(copying, "add", fail)
    for _ in range(2):
        with pytest.raises(DatabaseError):
            copier.copy()
    assert not Call.objects.exists()
    assert list(tmp_path.glob("*.journal")), "it is kept until its rows are stored"
    monkeypatch.undo()
    assert copier.copy() == 1
    assert not list(tmp_path.glob("*.journal"))
    assert Hour.objects.get().calls == 1


def test_a_segment_is_kept_until_its_calls_have_ended(tmp_path: Path) -> None:
    long_one = begun()
    journal = write(tmp_path, long_one, size=4096)
    for _ in range(30):
        call = begun()
        append(journal, call, ended(call))
    journal.sync()  # closes those that are full
    copier = Copier(tmp_path)
    assert copier.copy() == 30
    first = tmp_path / "m-1-1-000000.journal"
    assert first.exists()
    append(journal, ended(long_one))
    assert copier.copy() == 1
    assert not first.exists()


def test_a_record_that_cannot_be_read_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call = begun()
    journal = write(tmp_path)
    journal.append(b"no record")
    append(journal, call, ended(call))
    assert Copier(tmp_path).copy() == 1
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("error", [DataError("value too long"), OverflowError("value too long")])
def test_a_row_that_the_database_does_not_take_delays_no_other(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    calls = [begun(model=model) for model in ("rock:a", "rock:bad", "rock:c")]
    write(tmp_path, *(record for call in calls for record in (call, ended(call))))

    def refuse(rows: list[Call]) -> None:
        if any(row.model == "rock:bad" for row in rows):
            raise error
        rollup.add(rows)

    monkeypatch.setattr(copying, "add", refuse)
    assert Copier(tmp_path).copy() == 2
    assert {row.model for row in Call.objects.all()} == {"rock:a", "rock:c"}
    assert "value too long" in caplog.text


def test_a_cost_that_fits_no_column_is_the_highest(tmp_path: Path) -> None:
    call = begun(prices=(structs.replace(PRICE, output=10**12),))
    write(tmp_path, call, ended(call, tokens=Tokens(0, 10**9)))
    assert Copier(tmp_path).copy() == 1
    assert Call.objects.get().cost == MAX_COST


def test_the_thread_goes_on_after_an_error_of_the_disk(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    errors = iter([OSError("no space"), SystemExit()])

    def lock(self: object) -> bool:
        raise next(errors)

    monkeypatch.setattr(copying.Copying, "_lock_folder", lock)
    monkeypatch.setattr(copying, "INTERVAL_SECONDS", 0)
    with pytest.raises(SystemExit):
        copying.Copying()._run()
    assert "no space" in caplog.text


def test_a_call_of_someone_who_is_gone_names_no_one(tmp_path: Path) -> None:
    call = begun(person="99")
    write(tmp_path, call, ended(call))
    Copier(tmp_path).copy()
    row = Call.objects.get()
    assert (row.person, row.token, row.request) == (0, "", "")
    assert set(Hour.objects.values_list("person", "token")) == {(0, "")}
    assert not Salt.objects.filter(person=99).exists()


def test_a_record_of_someone_who_is_no_number_delays_no_other(tmp_path: Path) -> None:
    odd, call = begun(person="someone"), begun()
    write(tmp_path, odd, ended(odd), call, ended(call))
    assert Copier(tmp_path).copy() == 1


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 10, 999, 60_000, 3_600_000])
def test_a_bucket_stands_for_its_times(milliseconds: int) -> None:
    assert milliseconds_of(bucket_of(milliseconds)) == pytest.approx(milliseconds, rel=0.13, abs=1)
