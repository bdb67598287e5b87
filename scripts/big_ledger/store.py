"""Stores calls as the portal does: rows, sums and links; only the rows go in by a faster way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection, transaction

from ledger.models import Call, Link
from ledger.rollup import add
from ledger.seal import chain, keys
from ledger.seal.encoding import Place, leaf_of, mac_of, who_of

if TYPE_CHECKING:
    from django.db.models import Model

    from scripts.big_ledger.calls import Row


def store(rows: list[Row], place: Place) -> Place:
    """Insert rows with their sums and links, after the end of the chain. Return its new end."""
    with transaction.atomic():
        insert(Call, (msgspec.structs.astuple(row) for row in rows))
        add(rows)  # type: ignore[arg-type]
        links, place = linked(rows, place)
        insert(Link, links)
    return place


def linked(rows: list[Row], place: Place) -> tuple[list[tuple[Any, ...]], Place]:
    """Return the columns of links of rows, as `ledger.seal.chain.append` makes them."""
    key, salts, links = keys.current(), chain.salts_of({row.person for row in rows}), []
    for row in rows:
        who = who_of(salts[row.person], row)  # type: ignore[arg-type]
        leaf = leaf_of(key, row, who)  # type: ignore[arg-type]
        place = Place(place.number + 1, mac_of(key, place, row.id, row.at, leaf))
        links.append((place.number, row.id, row.at, who, leaf, place.mac, b""))
    return links, place


def insert(model: type[Model], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows whose values are those of all columns, in their order."""
    names = [field.column or "" for field in model._meta.local_fields]
    columns = ", ".join(map(connection.ops.quote_name, names))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
                for row in rows:
                    target.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 — no value is in it
            cursor.executemany(sql, [_adapted(row) for row in rows])


def _adapted(row: tuple[Any, ...]) -> list[Any]:
    """Return values as Django writes them into SQLite: the ID and the time."""
    adapt = connection.ops.adapt_datetimefield_value
    return [
        value.hex if hasattr(value, "hex") and hasattr(value, "bytes")
        else adapt(value) if hasattr(value, "astimezone") else value
        for value in row
    ]  # fmt: skip
