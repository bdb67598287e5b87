"""A temporary MariaDB server, deleted afterwards. It needs Debian's package mariadb-server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.with_postgres import free_port, wait

# It loses data in a crash, which does not matter here.
FAST = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin"]


@contextmanager
def mariadb(folder: Path, *more: str) -> Iterator[int]:
    """Run a server on a free port of loopback; yield the port. Its `root` has no password.

    `more` are options of the server.
    """
    owner, data, port = as_owner(folder), folder / "data", free_port()
    run = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--tmpdir={folder}",
           "--skip-test-db", *owner,
           "--auth-root-authentication-method=normal"]  # fmt: skip
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        sys.exit(f"MariaDB could not be set up: {done.stderr.strip()}")
    options = [f"--datadir={data}", f"--socket={folder}/socket", f"--pid-file={folder}/pid",
               f"--tmpdir={folder}",
               f"--port={port}", "--bind-address=127.0.0.1"]  # fmt: skip
    program = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "--no-defaults", *owner, *options, *FAST, *more],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def as_owner(folder: Path) -> list[str]:
    """Return the option for the server's user, who is not root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("mysql")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["--user=mysql"]
