"""An attack from inside the process that touches a source reaches the source and nothing else."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from queryexpr.gate import confinement
from tests.support.paths import ROOT
from tests.workflow.sources.asking import APPS, ann, asked, source
from tests.workflow.sqlite import file, on, sales
from workflow.sources.process.client import job_of
from workflow.sources.source import Source

pytestmark = [
    pytest.mark.skipif(bool(confinement.missing()), reason="this kernel cannot confine a process"),
    pytest.mark.django_db(transaction=True, available_apps=APPS),
]
SECRET = "sk-confined-canary"
__all__ = ["ann", "file", "sales"]  # fixtures
ATTACKED = """
import sys
from workflow.sources.process import worker
import os, socket
def attack(job):
    try:
        {attack}
    except OSError as error:
        return {{"failed": type(error).__name__}}
    return {{"failed": "it worked"}}
worker.answer = attack
worker.main()
"""
ANY = {
    "the portal's environment": "open(f'/proc/{os.getppid()}/environ').read()",
    "the portal's database": "open(sys.argv[1]).read()",
    "a file of the checkout": "open('models.yaml').read()",
    "a write": "open(sys.argv[1] + '.new', 'w')",
    "a program": "os.execv('/bin/true', ['true'])",
    "a signal": "os.kill(os.getppid(), 0)",
    "another port": "socket.create_connection(('127.0.0.1', 9))",
}
OF_A_FILE = {"a socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"}


def attacked(attack: str, source: Source, database: Path) -> str:
    job = asdict(job_of(source, "schema", None))
    done = subprocess.run(
        [sys.executable, "-c", ATTACKED.format(attack=attack), str(database)],
        input=json.dumps(job) + "\n", cwd=ROOT, env={**os.environ, "OPENAI_API_KEY": SECRET},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return str(json.loads(done.stdout)["failed"])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    path = tmp_path / "var/db.sqlite3"
    path.write_text("a conversation")
    return path


@pytest.mark.parametrize("name", [*ANY, *OF_A_FILE])
def test_an_attack_from_a_file_fails(name: str, sales: Source, database: Path) -> None:
    assert attacked({**ANY, **OF_A_FILE}[name], sales, database) == "PermissionError"


@pytest.mark.parametrize("name", ANY)
def test_an_attack_from_a_server_fails(name: str, database: Path) -> None:
    postgres = source("postgres://reader@127.0.0.1:5432/sales", "customer")
    assert attacked(ANY[name], postgres, database) == "PermissionError"


@pytest.mark.parametrize("open_elsewhere", [True, False])
def test_a_file_in_wal_mode_is_read(file: Path, ann: User, open_elsewhere: bool) -> None:
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("INSERT INTO customer VALUES (3, 'Cy', NULL)")
    if not open_elsewhere:
        writer.close()
    rows = asked(on(file, "customer"), ann, "SELECT count(*) FROM customer", "customer").rows
    assert [*map(list, rows)] == [[3]]
    writer.close()


def test_sorting_may_use_a_temporary_file(sales: Source, ann: User) -> None:
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000)"
    query = f"{numbers} SELECT x, '{'0' * 100}' AS pad FROM n ORDER BY pad, x DESC"
    assert next(iter(asked(sales, ann, query).rows[0])) == 200000
