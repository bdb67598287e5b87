"""A real Postgres, which restarts while the portal runs."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from scripts.with_postgres import as_owner, find_programs, postgres
from tests.conftest import copy_of
from tests.support.databases import rows
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.programs import needs
from tests.support.socket_client import SocketClient

pytestmark = pytest.mark.long


@needs("pg_ctlcluster")
def test_the_portal_lives_through_a_restart_of_postgres(
    portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="postgres-") as given,  # its owner will not be us
        postgres(folder := Path(given)) as url,
    ):
        portal = copy_of(portal_files, tmp_path / "on-postgres", DATABASE_URL=url)
        portal.tokens = {}
        portal.prepare()
        portal.start()
        with SocketClient(portal) as socket:
            assert socket.ask("Before")[-1]["type"] == "done"
            restart(folder)
            assert portal.chat().status_code == 200
            assert socket.ask("After", id="2")[-1]["type"] == "done"
        assert rows(portal, "SELECT content FROM chat_message WHERE role = 'user' ORDER BY id") == [
            ("Before",), ("After",),
        ]  # fmt: skip
        open_ones = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        time.sleep(1)
        assert rows(portal, open_ones)[0][0] <= 8, "threads leave no connections behind"
        portal.stop()


def restart(folder: Path) -> None:
    data = str(folder / "data")
    command = [*as_owner(folder), str(find_programs() / "pg_ctl"), "-D", data, "-m", "fast", "-w"]
    subprocess.run([*command, "-l", str(folder / "again"), "restart"], check=True, cwd="/",
                   stdout=subprocess.DEVNULL)  # fmt: skip
