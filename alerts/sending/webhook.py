"""A POST of JSON. No redirect is followed: it would send the message, and headers, elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import requests

from alerts.sending.errors import SendingError
from core.variables import scrub

if TYPE_CHECKING:
    from alerts.sending.message import Message
    from registry.config.alert_targets import Target

TIMEOUT = (5.0, 10.0)  # seconds to connect, and until the response begins
REASONS = (
    (requests.exceptions.ConnectTimeout, "it cannot be reached in time"),
    (requests.exceptions.Timeout, "it did not answer in time"),
    (requests.exceptions.SSLError, "its certificate is not valid"),
    (requests.exceptions.ProxyError, "the proxy refused the connection"),
    (requests.exceptions.ConnectionError, "it cannot be reached"),
)


def send(target: Target, message: Message) -> None:
    """Send a message. Raises SendingError unless the answer is 2xx; its content is not read."""
    headers = {"Content-Type": "application/json", "User-Agent": "aimodels", **target.headers}
    with requests.Session() as session:
        session.auth = lambda request: request  # no password from ~/.netrc
        try:
            response = session.post(
                target.url, data=msgspec.json.encode(message.as_dict()), headers=headers,
                timeout=TIMEOUT, allow_redirects=False, stream=True,
            )  # fmt: skip
        except (requests.RequestException, ValueError) as error:
            raise SendingError(_reason(error)) from None
        if not 200 <= response.status_code < 300:
            reason = scrub(response.reason or "", target.secrets)[:100]
            raise SendingError(f"it answered {response.status_code} {reason}".rstrip())


def _reason(error: Exception) -> str:
    return next((words for kind, words in REASONS if isinstance(error, kind)), "no HTTP came back")
