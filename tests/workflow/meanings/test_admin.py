"""Operators see the meanings in use, each with its line."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from core.errors import ConfigError, Problem
from tests.workflow.meanings.files import read
from workflow.meanings.current import current

PAGE = "/admin/registry/meanings/"


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "_known", read())
    monkeypatch.setattr(current, "rejected", None)


def test_each_definition_has_its_line(admin_client: Client, in_use: None) -> None:
    page = admin_client.get(PAGE).content.decode()
    assert (
        "<td>net_revenue</td><td>expr: SUM(orders.total); filter: orders.status &lt;&gt; 4" in page
    )
    assert "<td>Finance</td><td>meanings.yaml:5</td>" in page
    assert "errornote" not in page


def test_a_rejected_edit_is_shown(
    admin_client: Client, in_use: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ConfigError([Problem(6, 15, "Wrong.")], "meanings.yaml")
    monkeypatch.setattr(current, "rejected", error)
    assert "meanings.yaml:6:15  Wrong." in admin_client.get(PAGE).content.decode()


def test_others_do_not_see_the_page(client: Any, db: None) -> None:
    staff = User.objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    assert client.get(PAGE).status_code == 403
