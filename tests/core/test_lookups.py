"""Callers that are not signed in delay no one who is."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from knox.crypto import hash_token

from accounts.models import ApiToken
from core.auth import lookups
from core.auth.credentials import Credentials
from core.auth.identity import _threads, identify
from core.errors import PortalError
from tests.workflow.sources.asking import APPS

# `available_apps` lets Django truncate tables to which others refer.
on_database = pytest.mark.django_db(transaction=True, available_apps=APPS)


def scope_of(address: str = "10.0.0.1") -> dict[str, Any]:
    return {"client": (address, 1234), "headers": []}


def random_token() -> Credentials:
    return Credentials(token=f"aim_{secrets.token_hex(32)}")


@pytest.fixture
def ann(transactional_db: None) -> Iterator[User]:
    yield User.objects.create(username="ann")
    together = Barrier(lookups.THREADS)
    closing = [_threads.submit(_close, together) for _ in range(lookups.THREADS)]
    for thread in closing:
        thread.result()


def _close(together: Barrier) -> None:
    together.wait(10)  # each thread closes its own connection
    connections.close_all()


@pytest.mark.parametrize("token", ["nope", "aim_", f"aim_{'g' * 64}", f"aim_{'0' * 65}", "é"])
async def test_a_text_that_cannot_be_a_token_asks_no_database(token: str):
    with pytest.raises(PortalError, match="not valid"):  # pytest-django would fail a query
        await identify(Credentials(token=token), scope_of())


@on_database
async def test_a_refused_token_is_not_looked_up_again_for_a_while(ann: User, settings: Any):
    settings.AUTH_CACHE_SECONDS = 0.5
    token = random_token()
    with pytest.raises(PortalError, match="not valid"):
        await identify(token, scope_of())
    digest = hash_token(token.token)
    await asyncio.to_thread(store, ApiToken(user=ann, digest=digest))
    with pytest.raises(PortalError, match="not valid"):
        await identify(token, scope_of())
    await asyncio.sleep(0.6)
    assert (await identify(token, scope_of())).user == ann


@on_database
async def test_many_bad_tokens_delay_neither_another_address_nor_a_known_token(ann: User, settings: Any):  # fmt: skip
    settings.AUTH_CACHE_SECONDS = 0.0
    first, second = [Credentials(token=await asyncio.to_thread(make, ann)) for _ in "12"]
    await identify(first, scope_of())  # known from now on
    flood = [asyncio.ensure_future(identify(random_token(), scope_of())) for _ in range(400)]
    await asyncio.sleep(0)
    known = asyncio.ensure_future(identify(first, scope_of()))
    other = asyncio.ensure_future(identify(second, scope_of("10.0.0.2")))
    await asyncio.gather(known, other)
    assert sum(task.done() for task in flood) < 50
    await asyncio.gather(*flood, return_exceptions=True)


@on_database
async def test_the_addresses_of_one_home_share_a_turn(ann: User, settings: Any):
    settings.AUTH_CACHE_SECONDS = 0.0
    good = Credentials(token=await asyncio.to_thread(make, ann))
    flood = [
        asyncio.ensure_future(identify(random_token(), scope_of(f"2001:db8::{number:x}")))
        for number in range(400)
    ]
    await asyncio.sleep(0)
    await identify(good, scope_of("2001:db8:0:1::1"))
    assert sum(task.done() for task in flood) < 50
    await asyncio.gather(*flood, return_exceptions=True)


def store(token: ApiToken) -> None:
    ApiToken.objects.bulk_create([token])  # `save` makes a new digest
    connections.close_all()


def make(user: User) -> str:
    token = ApiToken.make(user, "t")
    connections.close_all()
    return token


@on_database
async def test_one_address_has_a_bounded_part_of_the_queue(ann: User):
    flood = [asyncio.ensure_future(identify(random_token(), scope_of())) for _ in range(600)]
    answers = await asyncio.gather(*flood, return_exceptions=True)
    codes = [answer.code for answer in answers if isinstance(answer, PortalError)]
    assert codes.count("overloaded") == 600 - lookups.THREADS - lookups.MAX_WAITING_EACH
    assert codes.count("unauthenticated") == lookups.THREADS + lookups.MAX_WAITING_EACH
