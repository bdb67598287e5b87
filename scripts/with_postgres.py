"""
Runs a command with a temporary Postgres server, which is deleted afterwards.

    python scripts/with_postgres.py make test

The command gets its URL in DATABASE_URL. It needs only Debian's package postgresql.
pytest-postgresql would start a server in each of pytest-xdist's processes, and none for a portal
or a benchmark that runs outside pytest.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# They lose data in a crash, which does not matter here.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


def main(command: list[str]) -> int:
    if not command:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, postgres(Path(folder)) as url:
        return subprocess.run(
            command, env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a server on a free port of loopback; yield its URL."""
    programs, owner = find_programs(), as_owner(folder)
    data, port = folder / "data", free_port()
    run = [
        *owner,
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "tests",
        "--auth=trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        sys.exit(f"Postgres could not be set up: {done.stderr.strip()}")
    options = [word for setting in (*FAST, "listen_addresses=127.0.0.1", f"port={port}",
               f"unix_socket_directories={folder}") for word in ("-c", setting)]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*owner, str(programs / "postgres"), "-D", str(data), *options],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        wait(port)
        yield f"postgres://tests@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*owner, str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            capture_output=True, check=False, cwd="/",
        )  # fmt: skip
        server.wait(10)


def find_programs() -> Path:
    """Return the folder of Postgres's programs, which Debian does not put on the path."""
    if program := shutil.which("initdb"):
        return Path(program).parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    sys.exit("Postgres is not installed: apt-get install postgresql")


def as_owner(folder: Path) -> list[str]:
    """Return the prefix of Postgres's programs, which refuse to run as root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                sys.exit("Postgres does not start.")
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
