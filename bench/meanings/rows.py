"""The outfitter's rows: the same each time, with what makes a wrong query show."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FIRST_DAY = date(2023, 1, 2)
DAYS = 700
CUSTOMERS, ARTICLES, EMPLOYEES, ORDERS = 40, 24, 12, 160
REGIONS = ("North", "South East", "West", "Islands")
SUPPLIERS = (("Nordwerk", "NORWAY"), ("Bergquell", "SWITZERLAND"), ("Alpina", "SWITZERLAND"),
             ("Tessuti", "ITALY"), ("Kontor Süd", "GERMANY"))  # fmt: skip
CATEGORIES = ("Tents", "Sleeping bags", "Ropes", "Clothing", "Lamps", "Maps")
NAMED_ARTICLES = ("Tent Fjord", "Rope 60", "Bag Polar", "Lamp One")
NAMED_CUSTOMERS = ("Adler GmbH", "Birch School", "City of Ulm")
Row = tuple[Any, ...]


def make(file: Path) -> None:
    """Write the database. An existing file is replaced."""
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.executescript((FOLDER / "schema.sql").read_text())
        for table, rows in _tables(random.Random(7)).items():
            places = ", ".join("?" * len(rows[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        database.commit()


def _tables(chance: random.Random) -> dict[str, list[Row]]:
    return {**_people(chance), **_goods(chance), **_orders(chance), **_tickets(chance)}


def _day(chance: random.Random, since: date = FIRST_DAY, within: int = DAYS) -> date:
    return since + timedelta(days=chance.randrange(within))


def _people(chance: random.Random) -> dict[str, list[Row]]:
    customers: list[Row] = [
        (at + 1, NAMED_CUSTOMERS[at] if at < len(NAMED_CUSTOMERS) else f"Customer {at:02}",
         at % 4 + 1, chance.choice((1, 1, 2, 3)), str(_day(chance, date(2019, 1, 1))),
         chance.choice((500.0, 1500.0, 5000.0, 9000.0)), int(chance.random() < 0.15))
        for at in range(CUSTOMERS)
    ]  # fmt: skip
    employees: list[Row] = [
        (at + 1, "Petra Lang" if not at else f"Clerk {at:02}", at % 3 + 1,
         str(_day(chance, date(2020, 1, 1), 1200)), None if at % 5 else "2024-06-30")
        for at in range(EMPLOYEES)
    ]  # fmt: skip
    return {
        "region": [*enumerate(REGIONS, 1)],
        "customer": customers,
        "team": [(1, "Aussendienst", 1), (2, "Service", 2), (3, "Counter", 3)],
        "employee": employees,
    }


def _goods(chance: random.Random) -> dict[str, list[Row]]:
    articles: list[Row] = []
    for at in range(ARTICLES):
        name = NAMED_ARTICLES[at] if at < len(NAMED_ARTICLES) else f"Article {at:02}"
        price = float(chance.choice((9, 19, 49, 99, 249)))
        supplier = 1 + min(at % 7, 4)
        gone = None if at % 6 else "2024-03-31"
        articles.append((at + 1, name, at % 6 + 1, supplier, price, round(price * 0.6, 2), gone))
    stock: list[Row] = [
        (article + 1, warehouse, chance.choice((0, 3, 12, 40)))
        for article in range(ARTICLES) for warehouse in (1, 2, 3) if chance.random() < 0.6
    ]  # fmt: skip
    return {
        "supplier": [(at, *one) for at, one in enumerate(SUPPLIERS, 1)],
        "category": [(at, name, None) for at, name in enumerate(CATEGORIES, 1)],
        "article": articles,
        "warehouse": [(1, "Main", 1), (2, "Harbour", 4), (3, "Depot", 3)],
        "stock": stock,
    }


def _orders(chance: random.Random) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {
        name: [] for name in ("orders", "order_line", "payment", "shipment", "return_item")
    }
    for order in range(1, ORDERS + 1):
        _add_order(chance, order, tables)
    return tables


def _add_order(chance: random.Random, order: int, tables: dict[str, list[Row]]) -> None:
    placed, status = _day(chance), chance.choice((1, 2, 3, 3, 3, 4, 5))
    customer = 1 if order % 20 == 0 else chance.randrange(1, CUSTOMERS - 5)
    channel = chance.choice(("WEB", "WEB", "TEL", "SHP"))
    clerk = None if channel == "WEB" else chance.randrange(1, EMPLOYEES)
    fee = chance.choice((0.0, 4.9, 9.9))
    tables["orders"].append((order, customer, clerk, str(placed), status, channel, fee))
    for line in range(1, chance.randrange(2, 5)):
        article, quantity = chance.randrange(1, ARTICLES - 2), chance.randrange(1, 5)
        price, discount = (
            float(chance.choice((8, 18, 45, 95))),
            chance.choice((0.0, 0.0, 0.1, 0.25)),
        )
        tables["order_line"].append((order, line, article, quantity, price, discount))
        if status == 4 or chance.random() < 0.1:
            back = str(placed + timedelta(days=20))
            number = len(tables["return_item"]) + 1
            tables["return_item"].append(
                (number, order, line, back, 1, chance.choice((1, 2, 2, 3, 9)))
            )
    for _ in range(2 if customer == 1 else chance.choice((0, 1, 1, 2))):
        paid, number = (
            str(placed + timedelta(days=chance.randrange(40))),
            len(tables["payment"]) + 1,
        )
        tables["payment"].append(
            (number, order, paid, float(chance.randrange(20, 400)), chance.choice((1, 2, 3)))
        )
    if status in (3, 4):
        sent = placed + timedelta(days=2)
        arrived = (
            None if chance.random() < 0.2 else str(sent + timedelta(days=chance.randrange(1, 9)))
        )
        tables["shipment"].append(
            (len(tables["shipment"]) + 1, order, chance.randrange(1, 4), str(sent), arrived)
        )


def _tickets(chance: random.Random) -> dict[str, list[Row]]:
    tickets: list[Row] = []
    for number in range(1, 61):
        opened = _day(chance)
        customer = 1 if number % 9 == 0 else chance.randrange(1, CUSTOMERS)
        clerk = None if number % 4 == 0 else chance.randrange(1, 6)
        closed = None if chance.random() < 0.4 else str(opened + timedelta(days=5))
        tickets.append((number, customer, clerk, str(opened), closed, chance.choice((1, 2, 3))))
    return {"ticket": tickets}
