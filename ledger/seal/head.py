"""
The ends of the chains of links and of seals that this machine wrote, in files beside the journals.

Who writes the database may cut off the newest rows: what is left is a valid chain, and the portal
would go on there. So the file is compared before it does, and what was cut is kept in a file of its
own, for `manage.py ledger verify`. The files are behind the database, never ahead of it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable  # at run time: the fields' types
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.models import Link, Seal
from ledger.seal import chain, keys
from ledger.seal.encoding import Place, equal, pruned_of

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


def _has_link(place: Place) -> bool:
    mac = Link.objects.filter(pk=place.number).values_list("mac", flat=True).first()
    if mac is not None:
        return equal(mac, place.mac)
    seal = Seal.objects.filter(last__gte=place.number).order_by("number").first()
    return seal is not None and is_pruned(seal)


def _has_seal(place: Place) -> bool:
    mac = Seal.objects.filter(pk=place.number).values_list("mac", flat=True).first()
    return mac is not None and equal(mac, place.mac)


def is_pruned(seal: Seal) -> bool:
    """Did the portal delete the links of this day for their age?"""
    return bool(seal.pruned) and keys.signed(seal.pruned, lambda key: pruned_of(key, seal))


@dataclass(frozen=True, slots=True)
class Kind:
    """A chain. `holds`: does the database have a place, with its mac? `end`: where is the end?"""

    file: str
    holds: Callable[[Place], bool]
    end: Callable[[], int]


LINKS = Kind("chain.head", _has_link, chain.last_link)
SEALS = Kind("seals.head", _has_seal, chain.last_seal)


class Head:
    """The file of a chain in `folder`."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._file, self._kind = folder / kind.file, kind
        self._known = _read(self._file)

    @property
    def known(self) -> Place | None:
        """The end, as this machine knows it."""
        return self._known

    def check(self) -> None:
        """Keep the evidence, and log it, if the chain in the database lacks the known place."""
        if self._known and not self._kind.holds(self._known):
            name = f"{self._file.name}-{self._known.number}-{self._known.mac.hex()[:8]}.cut"
            logger.error("The ledger was cut: it lacks %s. Run `manage.py ledger verify`.", name)
            if _write(self._file.with_name(name), self._known):
                self._file.unlink(missing_ok=True)  # else the next look would find it again
            self._known = None

    def move(self, place: Place) -> None:
        """Note that the chain goes until `place`, which the database has."""
        self._known = place
        _write(self._file, place)


def cuts(folder: Path) -> list[str]:
    """Return the names of the files with what was cut."""
    return sorted(path.name for path in folder.glob("*.cut"))


def _read(file: Path) -> Place | None:
    """Return what a file says. None: there is none, or a power cut has emptied it."""
    try:
        number, mac = file.read_text().split()
        return Place(int(number), bytes.fromhex(mac))
    except (OSError, ValueError):
        return None


def _write(file: Path, place: Place) -> bool:
    """Replace a file. A full disk is logged: the ledger goes on. False: it is as it was."""
    fresh = file.with_name(file.name + ".new")
    try:
        number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w") as lines:
            lines.write(f"{place.number} {place.mac.hex()}\n")
        fresh.replace(file)
    except OSError as error:
        logger.warning("The end of the ledger's chain was not noted: %s", error)
        return False
    return True
