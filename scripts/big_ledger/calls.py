"""Random calls as an organisation makes them: few people make many, in hours of work."""

from __future__ import annotations

import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

PROVIDERS = (("anvil", "EUR"), ("basalt", "EUR"), ("chalk", "EUR"), ("dune", "USD"),
             ("ember", "USD"), ("flint", "USD"), ("gneiss", "CHF"), ("house", ""))  # fmt: skip
OUTCOMES = ("ok",) * 188 + ("failed",) * 6 + ("stopped",) * 4 + ("left", "lost")
CODES = ("rate_limited", "provider_error", "timeout", "provider_unreachable", "auth_failed")
MODELS, PEOPLE, GROUPS = 30, 2000, 40
PER_SESSION = 7  # calls of a person in an hour, on average
HOURS = (0, 7, *range(8, 18), *range(8, 18), *range(9, 17), 18, 20, 22)  # of a day, in UTC


class Model(NamedTuple):
    """A model, and what a token costs that it reads, in the unit of the ledger."""

    id: str
    provider: str
    currency: str
    capability: str
    price: int


class Person(NamedTuple):
    number: int
    token: str
    groups: str
    models: list[Model]


class Row(msgspec.Struct):
    """A row with the columns of `ledger.models.Call`, in their order, and nothing of Django."""

    id: uuid.UUID
    at: datetime
    request: str
    person: int
    token: str
    groups: str
    door: str
    capability: str
    provider: str
    server: str
    model: str
    asked: str
    resolved_by: str
    because: str
    revision: str
    worker: str
    outcome: str
    code: str
    first: int
    took: int
    sent: int
    input: int
    cached: int
    written: int
    output: int
    reasoning: int
    images: int
    estimated: str
    cost: int | None
    currency: str
    price_since: str
    parameters: str
    fingerprint: str
    prompt_mac: bytes
    answer_mac: bytes
    reported: str

    @property
    def pk(self) -> uuid.UUID:
        return self.id


def models() -> list[Model]:
    """Return the models: most can chat, and those of one provider have no price."""
    made = []
    for number in range(MODELS):
        provider, currency = PROVIDERS[number % len(PROVIDERS)]
        capability = {4: "embeddings", 9: "sql"}.get(number % 10, "chat")
        price = 150_000 * (1 + number % 7) if currency else 0
        made.append(Model(f"{provider}:model-{number}", provider, currency, capability, price))
    return made


def people(numbers: list[int], chance: random.Random) -> list[Person]:
    """Return people with their token, a group or more, and the models that they use."""
    known, names = models(), [f"team-{number:02}" for number in range(GROUPS)]
    return [
        Person(
            number, f"{chance.getrandbits(60):015x}",
            "\n".join(sorted({names[number % GROUPS], *chance.sample(names, place % 9 == 0)})),
            chance.sample(known, 1 + place % 4),
        )
        for place, number in enumerate(numbers)
    ]  # fmt: skip


def of_day(day: date, count: int, everyone: list[Person], chance: random.Random) -> Iterator[Row]:
    """Yield about `count` calls of a day, in the order of their time."""
    weights = [1 / (place + 20) ** 0.7 for place in range(len(everyone))]
    sessions = sorted(chance.choices(HOURS, k=count // PER_SESSION))
    for hour, person in zip(
        sessions, chance.choices(everyone, weights, k=len(sessions)), strict=True
    ):
        begin = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        for _ in range(chance.randrange(1, 2 * PER_SESSION)):
            yield _row(begin, person, chance)


def _row(begin: datetime, person: Person, chance: random.Random) -> Row:
    at = begin + timedelta(microseconds=int(chance.random() * 3_600_000_000))
    model = person.models[int(len(person.models) * chance.random() ** 2)]
    outcome = OUTCOMES[int(chance.random() * len(OUTCOMES))]
    code = CODES[int(chance.random() * len(CODES))] if outcome == "failed" else ""
    done = outcome != "failed"
    read = int(chance.expovariate(1 / 3000)) if done else 0
    wrote = int(chance.expovariate(1 / 400)) if done and model.capability != "embeddings" else 0
    took = int(chance.lognormvariate(7.5, 1))
    return Row(
        uuid.UUID(int=chance.getrandbits(128)), at, f"{chance.getrandbits(96):024x}",
        person.number, person.token if chance.random() < 0.6 else "", person.groups,
        "/v1/chat/completions", model.capability, model.provider, "", model.id, "auto",
        "default", "", "3f9c1a77be02", "m-4711-1", outcome, code, took // 4, took, read * 4,
        read, read // 3, 0, wrote, wrote // 5, 0, "" if outcome in {"ok", "failed"} else outcome,
        (read + 4 * wrote) * model.price if model.price else None, model.currency,
        "2026-01-01" if model.price else "", _PARAMETERS, "", chance.randbytes(32),
        chance.randbytes(32), model.id,
    )  # fmt: skip


_PARAMETERS = json.dumps({"max_tokens": 4096, "temperature": 0.2}, separators=(",", ":"))
