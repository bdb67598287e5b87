"""
The transport's second driver, on requests: for probes and commands, which have no event loop.

Here `first_byte` limits every wait for bytes, and `total` is checked between them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests
import urllib3

from registry.providers.http.inflate import inflater
from registry.providers.http.transport import Deadlines, head_problem, timed_out, unreachable
from registry.providers.reading import bad_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.providers.wire import Request

MAX_BODY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole response."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def fetch(request: Request, deadlines: Deadlines) -> Fetched:
    """Send `request` and return its whole response. Raises PortalError as `Response` does."""
    end = time.monotonic() + deadlines.total
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Accept-Encoding": "identity", "User-Agent": "aimodels"})
        try:
            response = session.request(
                request.method,
                request.url,
                headers=_headers(request),
                data=request.body,
                timeout=(deadlines.connect, deadlines.first_byte),
                allow_redirects=False,
                stream=True,
            )
            if problem := head_problem(response.status_code):
                raise problem
            headers = {name.lower(): value for name, value in response.headers.items()}
            inflate, data = inflater(headers), _read(response, end)
            return Fetched(response.status_code, headers, inflate.feed(data) if inflate else data)
        except (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError):
            raise timed_out("did not answer in time") from None
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
        ) as error:
            raise unreachable(error) from None


def _headers(request: Request) -> Mapping[str, str]:
    return (
        {"Content-Type": request.media_type, **request.headers} if request.body else request.headers
    )


def _read(response: requests.Response, end: float) -> bytes:
    data = b""
    # read1 returns what has arrived; other methods wait until a buffer is full.
    while part := response.raw.read1(65536, decode_content=False):
        data += part
        if len(data) > MAX_BODY:
            raise bad_response(f"it is over {MAX_BODY >> 20} MiB")
        if time.monotonic() > end:
            raise timed_out("took longer than allowed")
    return data
