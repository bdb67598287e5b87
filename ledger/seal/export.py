"""
A seal as a line, for the log and the webhook: kept elsewhere, it shows what was cut off later.

    Sealed the ledger: seal 3, day 2026-12-24, rows 1201-1350, root 9f…, mac 04…, key 71…
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests
from django.conf import settings

from ledger.seal.encoding import raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ledger.models import Seal

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10.0
_LINE = re.compile(
    r"seal (\d+), day (\S+), rows (\d+)-(\d+), root ([0-9a-f]*), mac ([0-9a-f]{64}), key (\w+)"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """A seal as a line has it."""

    number: int
    day: str
    first: int
    last: int
    root: str
    mac: str
    key: str

    def __str__(self) -> str:
        return (
            f"seal {self.number}, day {self.day}, rows {self.first}-{self.last}, "
            f"root {self.root}, mac {self.mac}, key {self.key}"
        )


def exported(seal: Seal) -> Exported:
    return Exported(
        seal.number, str(seal.day), seal.first, seal.last,
        raw(seal.root).hex(), raw(seal.mac).hex(), seal.key,
    )  # fmt: skip


def read(lines: Iterable[str]) -> Iterator[Exported]:
    """Yield the seals in a log, of any format. Other lines are ignored."""
    for line in lines:
        for number, day, first, last, *codes in _LINE.findall(line):
            yield Exported(int(number), day, int(first), int(last), *codes)


def log(seal: Seal) -> None:
    logger.info("Sealed the ledger: %s", exported(seal))


def post(seal: Seal) -> bool:
    """Send a seal to the webhook. Return whether it took it: otherwise it is sent again."""
    if not settings.LEDGER_SEAL_WEBHOOK:
        return True
    try:
        status = _status(settings.LEDGER_SEAL_WEBHOOK, f"Sealed the ledger: {exported(seal)}")
    except requests.RequestException as error:
        # Without its words: they may have the address, and that a secret.
        logger.warning("The ledger's seal was not sent: %s", type(error).__name__)
        return False
    if not (taken := 200 <= status < 300):
        logger.warning("The webhook of the ledger's seal answered %s", status)
    return taken


def _status(url: str, text: str) -> int:
    """Post a text, and return the status. No redirect is followed, and no content is read."""
    with requests.Session() as session:
        session.auth = lambda request: request  # no password from ~/.netrc
        answer = session.post(
            url, json={"text": text}, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        )
        return answer.status_code
