"""A portal whose data source is the outfitter's database, under one condition of the study."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.portal import LONG_TIMEOUTS, Portal

FOLDER = Path(__file__).parent
SCHEMA = {"source": "outfitter"}
COLUMNS = ("region.name", "customer.name", "supplier.name", "supplier.country", "category.name",
           "team.name", "employee.name", "article.name")  # fmt: skip
SLOW = dict.fromkeys(
    ("FIRST_BYTE_TIMEOUT", "WHOLE_ANSWER_TIMEOUT", "IDLE_TIMEOUT", "TOTAL_TIMEOUT"), "600"
)

MAY = "from django.contrib.auth.models import User; User.objects.update(is_superuser=True)"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the portal is given beside the tables."""

    title: str
    meanings: bool = False
    values: bool = False
    confirmed: bool = False


CONDITIONS = (
    Condition("tables alone"),
    Condition("values", values=True),
    Condition("meanings", meanings=True),
    Condition("confirmed", confirmed=True),
    Condition("all three", meanings=True, values=True, confirmed=True),
)


@contextmanager
def portal_with(
    condition: Condition, folder: Path, file: Path, url: str, model: str, other: str
) -> Iterator[Portal]:
    """Run a portal for the block."""
    (folder / "models.yaml").write_text(json.dumps(_models(url, model, other)))
    (folder / "sources.yaml").write_text(json.dumps(_sources(file, values=condition.values)))
    if condition.meanings:
        shutil.copy(FOLDER / "meanings.yaml", folder)
    variables = {**LONG_TIMEOUTS, **SLOW, "SOURCES_FILE": str(folder / "sources.yaml")}
    portal = Portal(folder, folder / "models.yaml", "uvicorn", variables)
    portal.prepare()
    portal.manage("shell", "-c", MAY)
    with portal.serving():
        if condition.confirmed:
            _confirm(portal)
        yield portal


def _models(url: str, model: str, other: str) -> dict[str, Any]:
    about = {
        "capabilities": ["chat", "sql"],
        "context_window": 4096,
        "options": {"max_tokens": 256},
    }
    registry = {name: about for name in (model, other) if name}
    provider = {"api": "openai", "endpoint": url, "local": True, "registry": registry}
    if os.environ.get("MODEL_KEY"):
        provider["api_key"] = "${MODEL_KEY}"
    default = f"asked:{model}"
    return {"models": {"defaults": {"chat": default, "sql": default}, "asked": provider}}


def _sources(file: Path, *, values: bool) -> dict[str, Any]:
    tables = [
        line.split()[2]
        for line in (FOLDER / "schema.sql").read_text().splitlines()
        if line.startswith("CREATE")
    ]
    source: dict[str, Any] = {
        "url": f"sqlite:///{file}",
        "groups": ["staff"],
        "tables": tables,
        "run": True,
    }
    if values:
        source["columns"] = {name: {"values": True} for name in COLUMNS}
    return {"sources": {"outfitter": source}}


def _confirm(portal: Portal) -> None:
    """Confirm the questions that the file has, as someone who may."""
    for one in yaml.safe_load((FOLDER / "confirmed.yaml").read_text()):
        body = {"question": one["ask"], "sql": one["sql"], "schema": SCHEMA}
        answer = portal.post("/v1/sql/confirm", body)
        assert answer.ok, answer.text
