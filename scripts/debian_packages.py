"""
Installs the Debian packages that the tests use, or prints what is missing without root rights.

Tests that need a missing program are skipped. Those of static/ fail without node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {  # program → package
    **{name: name for name in ("redis-server", "nginx", "caddy", "valgrind", "npm", "strace")},
    "chromium-headless-shell": "chromium-headless-shell",
    "mariadb-install-db": "mariadb-server",
    "node": "nodejs",
    "pg_ctlcluster": "postgresql",
    "xgettext": "gettext",
}


def main() -> None:
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if not missing:
        return
    prefix = as_root()
    if prefix is None or not shutil.which("apt-get"):
        print(
            f"Not installed, because this needs root: {', '.join(missing)}. "
            "Tests that need them are skipped."
        )
        return
    print(f"· Installing Debian packages: {', '.join(missing)}", flush=True)
    for step in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "-y", *missing]):
        command = [*prefix, "apt-get", *step]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            sys.exit(f"apt-get {step[0]} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")


def as_root() -> list[str] | None:
    """Return the prefix of a command that needs root, or None if this user has no root rights."""
    if os.geteuid() == 0:
        return []
    allowed = (
        shutil.which("sudo")
        and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode  # noqa: S607
    )
    return ["sudo", "-n"] if allowed else None


if __name__ == "__main__":
    main()
