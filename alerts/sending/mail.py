"""
A mail, by the server of SMTP_URL.

By `smtplib`: Django's own settings of mail change their names between the versions that the portal
runs on.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings

from alerts.sending.errors import SendingError
from core.smtp import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from alerts.sending.message import Message
    from registry.config.alert_targets import Target

logger = logging.getLogger(__name__)
TIMEOUT = 10.0


def send(target: Target, message: Message) -> None:
    """Send a message to all addresses of a target. Raises SendingError."""
    if not settings.SMTP_URL:
        raise SendingError("SMTP_URL is not set")
    try:
        with _server(urlsplit(settings.SMTP_URL)) as server:
            refused = server.send_message(_mail(target, message))
    except smtplib.SMTPResponseException as error:
        raise SendingError(f"the mail server answered {error.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused:
        raise SendingError("the mail server refused all addresses") from None
    except (smtplib.SMTPException, OSError) as error:
        raise SendingError(f"the mail server did not take it: {type(error).__name__}") from None
    if refused:  # the others have it: sending it again would repeat it for them
        logger.error("The mail server refused %s of the addresses of an alert", len(refused))


def _mail(target: Target, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.title, sender(), ", ".join(target.mail)
    mail["Message-ID"] = f"<{message.id}@{sender().rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # no one's absence answers it
    mail.set_content(f"{message.text}\n")
    return mail


def sender() -> str:
    """Return the address that mails are from."""
    return settings.MAIL_FROM or f"aimodels@{urlsplit(settings.SMTP_URL).hostname}"


@contextmanager
def _server(url: SplitResult) -> Iterator[smtplib.SMTP]:
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    secure = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=secure)
        if url.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT)
    ) as server:
        if url.scheme == "smtp+tls":
            server.starttls(context=secure)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
