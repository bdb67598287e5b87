"""A MariaDB server of the tests alone, in a folder that is deleted afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
import pytest

from tests.support.ports import free_port

PLACES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"  # not all are on everyone's path
# They lose data in a crash, which does not matter here.
FAST = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M",
        "--innodb-log-file-size=4M", "--skip-name-resolve", "--skip-log-bin",
        "--character-set-server=utf8mb4"]  # fmt: skip


@contextmanager
def mariadb(mode: str = "", *options: str) -> Iterator[Any]:
    """Run a server; yield a connection to its database `test`, as root, who has no password.

    `mode` is added to its SQL mode; `options` are the server's.
    """
    program, setup = _find("mariadbd"), _find("mariadb-install-db")
    user = ["--user=root"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="mariadb-") as name:
        common = ["--no-defaults", f"--datadir={name}/data", f"--tmpdir={name}", *user]
        _run(setup, *common, "--skip-test-db", "--auth-root-authentication-method=normal")
        port = free_port()
        server = subprocess.Popen(
            [program, *common, *FAST, f"--port={port}", "--bind-address=127.0.0.1",
             f"--socket={name}/socket", f"--pid-file={name}/pid", f"--log-error={name}/log",
             *options],
        )  # fmt: skip
        try:
            with _connection(port) as connection:
                connection.cursor().execute(f"SET sql_mode = CONCAT(@@sql_mode, ',{mode}')")
                yield connection
        finally:
            server.terminate()
            server.wait(30)


def _find(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path=PLACES)
    return path or pytest.skip(f"{program} is missing: apt-get install mariadb-server")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def _connection(port: int) -> Any:
    end = time.monotonic() + 30
    while True:
        try:
            connection = pymysql.connect(
                host="127.0.0.1", port=port, user="root", autocommit=True, charset="utf8mb4"
            )
        except pymysql.err.OperationalError:
            assert time.monotonic() < end, "MariaDB does not start."
            time.sleep(0.1)
        else:
            connection.cursor().execute("CREATE DATABASE IF NOT EXISTS test")
            connection.select_db("test")
            return connection
