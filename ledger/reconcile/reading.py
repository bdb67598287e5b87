"""Files of a provider → what it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.reconcile.figures import Export, UnreadableError
from ledger.reconcile.pages import read_pages
from ledger.reconcile.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from zoneinfo import ZoneInfo

MAX_BYTES = 256 << 20


def read_files(paths: Iterable[Path], zone: ZoneInfo | None = None) -> Export:
    """Return what all files report together. Raises UnreadableError, OSError."""
    exports = [_read_file(path, zone) for path in paths]
    return sum(exports[1:], exports[0])


def _read_file(path: Path, zone: ZoneInfo | None) -> Export:
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableError(f"{path.name} is larger than {MAX_BYTES >> 20} MB.")
    try:
        text = path.read_text("utf-8-sig")
        is_json = text.lstrip()[:1] in ("{", "[")
        return read_pages(text) if is_json else read_table(text, zone)
    except UnicodeDecodeError:
        raise UnreadableError(f"{path.name} is not in UTF-8.") from None
    except UnreadableError as error:
        raise UnreadableError(f"{path.name}: {error}") from None
