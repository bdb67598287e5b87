"""Copies the first four weeks of a ledger to later weeks, in the database: rows, sums and links."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from ledger.models import Call, Link
from ledger.sums import Day, Hour, Latency, LatencyMonth, PersonRollup, Rollup, Total

WEEKS = 4
MADE: dict[type[Model], str] = {
    Total: "0006_total", Rollup: "0009_rollup", LatencyMonth: "0010_latency_month",
    PersonRollup: "0011_person_rollup",
}  # fmt: skip


def copy(times: int) -> None:
    """Copy them `times` times, each four weeks later. The links of copies are not genuine."""
    last = Link.objects.count()
    ends = {model: _last(model) for model in (Call, Hour, Day, Latency)}
    for number in range(1, times + 1):
        with transaction.atomic():
            for model, end in ends.items():
                _copy(model, {"at": _later(number), **_key(model)}, f"at <= '{end}'")
            _link(number * last)
        print(f"{Call.objects.count()} rows", flush=True)
    _sum_again()
    connection.cursor().execute("ANALYZE")


def _last(model: type[Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(at) FROM {model._meta.db_table}")  # noqa: S608
        return str(cursor.fetchone()[0])


def _later(number: int) -> str:
    days = number * WEEKS * 7
    if connection.vendor == "postgresql":
        return f"at + interval '{days} days'"
    return f"date(at, '+{days} days') || substr(at, 11)"


def _key(model: type[Model]) -> dict[str, str]:
    if model is not Call:
        return {}
    sqlite = "lower(hex(randomblob(16)))"
    return {"id": "gen_random_uuid()" if connection.vendor == "postgresql" else sqlite}


def _copy(model: type[Model], values: dict[str, str], where: str) -> None:
    """Insert the rows again, with other `values` in some columns."""
    names = [field.column or "" for field in model._meta.local_fields]
    columns = [name for name in names if name != "id" or "id" in values]
    table, quote = model._meta.db_table, connection.ops.quote_name
    quoted = ", ".join(map(quote, columns))
    chosen = ", ".join(values.get(name, quote(name)) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {chosen} FROM {table} WHERE {where}")  # noqa: S608


def _link(after: int) -> None:
    """Link the calls that have none, with the codes of others."""
    call, link = Call._meta.db_table, Link._meta.db_table
    first = f"(SELECT who, leaf, mac, erased FROM {link} ORDER BY place LIMIT 1)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {link} (place, call_id, at, who, leaf, mac, erased)"  # noqa: S608
            f" SELECT {after} + row_number() OVER (ORDER BY c.at), c.id, c.at, f.who, f.leaf,"
            f" f.mac, f.erased FROM {call} c CROSS JOIN {first} f"
            f" WHERE c.at > (SELECT max(at) FROM {link})"
        )


def _sum_again() -> None:
    """Write the sums of all people, and those of months, again: as migrations make them."""
    for model, migration in MADE.items():
        model._default_manager.all().delete()
        import_module(f"ledger.migrations.{migration}").fill(apps, None)
