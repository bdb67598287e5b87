"""
A download that can be resumed: HTTP Range, and If-Range, so that two versions are never mixed.

Beside the partial file is another with the version of what is in it: the server's ETag, if it is a
strong one, or else its Last-Modified. Without any, a download that broke off begins again.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import requests
import urllib3

from registry.weights.addresses import bad_redirect, host, reason, redirected
from registry.weights.errors import BrokenOffError, SourceError, WeightsError, cannot_write

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path

    Report = Callable[[int], None]

BLOCK = 64 * 1024
CONNECT, SILENCE = 10.0, 60.0  # seconds to connect, and between two blocks
MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
MAY_PASS = (408, 425, 429)  # and all from 500
MAX_FAILURES = 5  # in a row, without PROGRESS in between
PROGRESS = 1024 * 1024
FIRST_PAUSE = 1.0  # seconds; each next one is twice as long
NETWORK = "Is there a network? Behind a proxy, set HTTPS_PROXY."


def download(url: str, partial: Path, limit: int, *, exact: bool, report: Report) -> None:
    """Download `url` to `partial`, where an earlier download may have begun.

    It has `limit` bytes; if not `exact`, that is the most it may have. `report` is called with the
    bytes that are there. Raises SourceError, BrokenOffError, or WeightsError if the disk is full.
    """
    attempt = _Attempt(url, partial, limit, exact=exact)
    failures, furthest = 0, _size(partial)
    while True:
        try:
            attempt.run(report)
            return attempt.version.unlink(missing_ok=True)
        except BrokenOffError as error:
            reached = _size(partial)
            failures = 0 if reached >= furthest + PROGRESS else failures + 1
            furthest = max(furthest, reached)
            if failures >= MAX_FAILURES:
                raise BrokenOffError(
                    f"{error} {NETWORK} Run it again: what was downloaded is kept."
                ) from None
            time.sleep(FIRST_PAUSE * 2 ** (failures - 1))


class _Attempt:
    """One request, and the redirects that it leads to."""

    def __init__(self, url: str, partial: Path, limit: int, *, exact: bool) -> None:
        self.url, self.partial, self.limit, self.exact = url, partial, limit, exact
        self.version = partial.with_suffix(".version")

    def run(self, report: Report) -> None:
        offset, version = self._begun()
        headers = {"Accept-Encoding": "identity", "User-Agent": "aimodels"}
        if offset:
            headers |= {"Range": f"bytes={offset}-", "If-Range": version}
        try:
            with requests.Session() as session:
                session.auth = lambda request: request  # no password from ~/.netrc
                with self._open(session, headers) as response:
                    start, end = self._range(response, offset, version)
                    self._write(response, start, end, report)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise BrokenOffError(f"{host(self.url)}: {reason(error)}.") from None

    def _begun(self) -> tuple[int, str]:
        """Return how much is there, and of which version; nothing if that is not known."""
        offset = _size(self.partial)
        with suppress(OSError, UnicodeDecodeError):
            version = self.version.read_text("latin-1")
            if 0 < offset < self.limit and version:
                return offset, version
        return 0, ""

    def _open(self, session: requests.Session, headers: dict[str, str]) -> requests.Response:
        """Return the response, after redirects. They may not leave the scheme."""
        url = self.url
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = session.get(
                    url,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(CONNECT, SILENCE),
                )
            except requests.RequestException:
                raise
            except ValueError:  # requests looks at the next address, which is none
                raise bad_redirect(self.url) from None
            if response.status_code not in REDIRECTS:
                return response
            response.close()
            url = redirected(url, response.headers.get("Location", ""))
        raise SourceError(f"{host(self.url)} redirects more than {MAX_REDIRECTS} times.")

    def _range(
        self, response: requests.Response, offset: int, version: str
    ) -> tuple[int, int | None]:
        """Return where the response begins in the file, and where the file ends, if it says so."""
        status, headers = response.status_code, response.headers
        if status == 206 and offset:
            found = re.fullmatch(
                r"bytes (\d{1,18})-\d+/(\d{1,18}|\*)", headers.get("Content-Range", "")
            )
            name = "ETag" if version.startswith('"') else "Last-Modified"
            if not found or int(found[1]) != offset or headers.get(name, version) != version:
                self._forget()
                raise BrokenOffError(f"{host(self.url)} has another version by now.")
            end = None if found[2] == "*" else int(found[2])
        elif status == 200:
            offset, length = 0, headers.get("Content-Length", "")
            end = int(length) if re.fullmatch(r"\d{1,18}", length) else None
        else:
            raise self._refusal(status)
        if headers.get("Content-Encoding", "identity") != "identity":
            raise SourceError(f"{host(self.url)} sends the file in another encoding.")
        self._check(end)
        if not offset:
            self._begin(headers)
        return offset, end

    def _refusal(self, status: int) -> WeightsError:
        if status in (206, 416):  # nothing of it was asked for, or it is shorter than it was
            self._forget()
        if status in MAY_PASS or status in (206, 416) or status >= 500:
            return BrokenOffError(f"{host(self.url)} answers with {status}.")
        return SourceError(f"{host(self.url)} does not have the file (HTTP {status}).")

    def _check(self, size: int | None) -> None:
        if size is not None and (size > self.limit or (self.exact and size != self.limit)):
            self._forget()
            raise self._wrong_size(f"{size:,} bytes")

    def _wrong_size(self, has: str) -> SourceError:
        at_most = "" if self.exact else "at most "
        return SourceError(
            f"The file at {host(self.url)} has {has}; models.yaml says {at_most}{self.limit:,}."
        )

    def _begin(self, headers: requests.structures.CaseInsensitiveDict[str]) -> None:
        """Empty the file, and note the version of what follows."""
        tag = headers.get("ETag", "")
        version = tag if tag.startswith('"') else headers.get("Last-Modified", "")
        try:
            self.partial.write_bytes(b"")
            self.version.write_text(version, "latin-1")
        except OSError as error:
            raise cannot_write(self.partial.parent, error) from None

    def _forget(self) -> None:
        self.partial.unlink(missing_ok=True)
        self.version.unlink(missing_ok=True)

    def _add(self, file: FileIO, block: bytes) -> None:
        try:
            while block:
                block = block[file.write(block) :]  # a disk that is almost full takes a part
        except OSError as error:
            raise cannot_write(self.partial.parent, error) from None

    def _write(self, response: requests.Response, at: int, end: int | None, report: Report) -> None:
        """Write the response into the file. Raises BrokenOffError if it ends early."""
        try:
            file = self.partial.open("r+b", buffering=0)
        except OSError as error:
            raise cannot_write(self.partial.parent, error) from None
        with file:
            file.seek(at)
            # read1 returns what has arrived, so that little is lost when the connection breaks.
            while block := response.raw.read1(BLOCK, decode_content=False):
                at += len(block)
                if at > self.limit:
                    self._forget()
                    raise self._wrong_size("more bytes")
                self._add(file, block)
                report(at)
        if at != (self.limit if self.exact else at if end is None else end):
            raise BrokenOffError(f"{host(self.url)} closed the connection after {at:,} bytes.")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
