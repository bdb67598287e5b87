"""A small mail server: it keeps the mails that it gets. It speaks as much of SMTP as is needed."""

from __future__ import annotations

import email
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any


@dataclass
class MailServer:
    """`refuses` are addresses that it does not take. `logins` are what callers signed in with."""

    port: int = 0
    refuses: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _Session(socketserver.StreamRequestHandler):
    """What one caller says, and what it is answered."""

    server: _Server

    def setup(self) -> None:
        super().setup()
        if self.server.at_once:
            self.secure()

    def secure(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(" ")[0].split(":")[0]
            if word == "QUIT":
                return self.say("221 bye")
            if word == "DATA":
                self.say("354 go on")
                self.keep()
            elif word == "EHLO":
                self.say("250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN")
            elif word == "STARTTLS":
                self.say("220 go on")
                self.secure()
            elif word == "AUTH":
                self.server.post.logins.append(line.split(" ")[-1])
                self.say("235 welcome")
            else:
                refused = any(f"<{address}>" in line for address in self.server.post.refuses)
                self.say("550 no such person" if refused else "250 fine")

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()  # the server knows only the one without TLS

    def keep(self) -> None:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        mail = email.message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.post.mails.append(mail)
        self.say("250 taken")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, context: ssl.SSLContext, *, at_once: bool) -> None:
        self.post, self.context, self.at_once = MailServer(), context, at_once
        super().__init__(("127.0.0.1", 0), _Session)
        self.post.port = self.server_address[1]

    def handle_error(self, *args: Any) -> None:
        pass


@contextmanager
def mail_server(
    tls: tuple[Path, Path] | None = None, *, at_once: bool = False
) -> Iterator[MailServer]:
    """Serve; with `tls`, a key and its certificate, by STARTTLS, or from the begin."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if tls:
        context.load_cert_chain(tls[1], tls[0])
    with _Server(context, at_once=at_once) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.post
        server.shutdown()
