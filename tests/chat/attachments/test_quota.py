"""Files that one person uploads at the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from chat.attachments import store
from chat.attachments.quota import check_room
from chat.attachments.reading import Content
from chat.models import Attachment
from core.errors import PortalError

TOGETHER = 6
pytestmark = pytest.mark.django_db(transaction=True)


def test_uploads_at_the_same_time_do_not_pass_the_quota(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ATTACHMENT_BYTES_PER_PERSON = 50
    user = User.objects.create_user("ann")
    barrier = threading.Barrier(TOGETHER)

    def read(name: str, data: bytes, person: int) -> Content:
        barrier.wait(30)  # all have passed the first check
        return Content("text", data.decode())

    def check_slowly(user: int, size: int) -> None:
        check_room(user, size)
        time.sleep(0.1)

    def upload(number: int) -> str:
        try:
            store.keep(user, f"{number}.txt", b"x" * 10)
        except PortalError as error:
            return error.code
        finally:
            connection.close()
        return "kept"

    monkeypatch.setattr(store, "read", read)
    monkeypatch.setattr(store, "check_room", check_slowly)
    with ThreadPoolExecutor(TOGETHER) as pool:
        outcomes = sorted(pool.map(upload, range(TOGETHER)))
    assert outcomes == ["kept"] * 2 + ["payload_too_large"] * 4
    assert Attachment.objects.count() == 2
