"""Who sees the reference, how large it is, and that its calls work."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import yaml
from django.contrib.auth.models import User
from django.urls import reverse, set_script_prefix

from aimodels.reference.curl import curl
from aimodels.reference.document import reference
from tests.support.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

MAX_BYTES = 40_000  # compressed; Swagger's scripts had 1.4 MB
ADDRESSES = ("docs", "openapi-json", "openapi-yaml")


@pytest.fixture
def ann(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("ann"))
    return client


@pytest.mark.parametrize("name", ADDRESSES)
def test_it_needs_a_signed_in_user_and_is_not_stored(client: Client, db: None, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in?next=/docs")
    client.force_login(User.objects.create_user("ann"))
    assert "no-store" in client.get(reverse(name))["Cache-Control"]
    assert client.post(reverse(name)).status_code == 405


def test_the_page_is_small_and_each_address_in_it_can_be_linked(ann: Client) -> None:
    page = ann.get(reverse("docs"))
    assert len(gzip.compress(page.content)) < MAX_BYTES
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= {*ids}
    assert all(f"op-{each.id}" in ids for group in reference().groups for each in group.operations)


def test_descriptions_are_marked_as_english(ann: Client) -> None:
    page = ann.get(reverse("docs"), headers={"Accept-Language": "de"}).text
    assert '<div class="summary" lang="en" translate="no"><p dir="auto">Ask a chat model' in page


@pytest.fixture
def prefix() -> Iterator[str]:
    set_script_prefix("/ai/")
    yield "/ai"
    set_script_prefix("/")


def test_calls_have_the_readers_address_and_prefix(ann: Client, prefix: str) -> None:
    page = ann.get("/docs", SCRIPT_NAME=prefix, headers={"Host": "testserver"}).text
    assert "http://testserver/ai/v1/chat/completions" in page
    assert f'href="{prefix}/docs/openapi.json"' in page


def test_the_files_are_the_document_of_the_route(ann: Client) -> None:
    served = ann.get(reverse("schema")).json()
    assert ann.get(reverse("openapi-json")).json() == served
    assert yaml.safe_load(ann.get(reverse("openapi-yaml")).content) == served
    disposition = ann.get(reverse("openapi-yaml"))["Content-Disposition"]
    assert disposition == 'attachment; filename="openapi.yaml"'


# Answered, or refused because ann is no operator, or because no model or none of that kind is named.
UNDERSTOOD = {"200", "403", "404", "409", "422"}


def test_the_calls_of_the_page_are_understood(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "recording.wav").write_bytes(b"RIFF")
    variables = {**os.environ, "TOKEN": portal.tokens["ann"], "MODEL": "fake:talker",
                 "REQUEST_ID": "q-1", "RECEIPT": str(UUID(int=1))}  # fmt: skip
    for each in (each for group in reference().groups for each in group.operations):
        command = curl(each, portal.url) + ' -s -o /dev/null -w "%{http_code}"'
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=variables, capture_output=True, text=True, check=True
        )  # fmt: skip
        assert done.stdout in UNDERSTOOD, (each.path, done.stdout)
