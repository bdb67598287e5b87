"""Copies the first four weeks of a ledger to later weeks, in the database: rows, sums and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import TruncMonth

from ledger.models import Call, Day, Hour, Latency, Link, Total
from ledger.rollup import OF_ALL, SUMS

if TYPE_CHECKING:
    from django.db.models import Model

WEEKS = 4


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
    _sum_months()
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


def _sum_months() -> None:
    """Write the sums of calendar months again, from those of days."""
    Total.objects.all().delete()
    alike = [name for name in OF_ALL if name != "at"]
    days = Day.objects.annotate(month=TruncMonth("at")).values("month", *alike)
    sums = days.annotate(**{f"{name}_sum": Sum(F(name)) for name in SUMS})
    Total.objects.bulk_create(
        Total(
            at=row["month"],
            **{name: row[name] for name in alike},
            **{name: row[f"{name}_sum"] for name in SUMS},
        )
        for row in sums
    )
