"""`manage.py ledger verify`: is the ledger as the portal wrote it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from ledger.seal.export import read
from ledger.seal.verify.report import verify
from registry.metering import book


def add(commands: Any) -> None:
    """Add the command to those of `manage.py ledger`."""
    sub = commands.add_parser("verify", help="Find what was changed, cut off or added.")
    sub.add_argument("--against", type=Path, metavar="FILE", help="A log, or lines of the webhook.")


def run(options: dict[str, Any], out: OutputWrapper, err: OutputWrapper) -> None:
    """Print each fault. Exits with 1 if there is one."""
    report = verify(book.folder(), _lines(options["against"]))
    for fault in report.faults:
        out.write(str(fault))
    counts = f"{report.days} days, {report.rows} rows, {report.unsealed} of them not sealed yet"
    erased = f", {report.erased} of people who were erased" if report.erased else ""
    if report.faults:
        raise CommandError(f"{len(report.faults)} faults: {counts}{erased}.", returncode=1)
    out.write(f"OK: {counts}{erased}.")


def _lines(file: Path | None) -> list[Any]:
    """Return the seals in a file. One without any is a mistake: it would prove nothing."""
    if file is None:
        return []
    try:
        lines = list(read(file.read_text(errors="replace").splitlines()))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    if not lines:
        raise CommandError(f"{file} has no line of a seal.")
    return lines
