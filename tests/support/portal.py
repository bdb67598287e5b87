"""The portal in a separate process, on a real server, for tests over the network."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from registry.config.load import revision_of
from tests.support.paths import ROOT
from tests.support.ports import free_port

FAKE_KEY = "sk-canary-" + secrets.token_hex(16)  # only the provider may receive it
FAKE_TEAM = "team-canary-" + secrets.token_hex(8)
# Short, so that tests of timeouts are quick.
SHORT_TIMEOUTS = {"FIRST_BYTE_TIMEOUT": "1.2", "WHOLE_ANSWER_TIMEOUT": "1.2", "IDLE_TIMEOUT": "1", "CONNECT_TIMEOUT": "1",
         "TOTAL_TIMEOUT": "2.5", "HEARTBEAT_SECONDS": "0.4", "PROBE_SECONDS": "0.5",
         "AUTH_CACHE_SECONDS": "0.5", "DRAIN_SECONDS": "1",
         "RATE_LIMIT_PER_MINUTE": "0", "TOKENS_PER_MINUTE": "0", "PAGES_PER_MINUTE": "0",
         "ANSWERS_PER_PERSON": "0", "SOCKETS_PER_PERSON": "0", "RELOAD_SECONDS": "0.2", "READER_SECONDS": "1.5", "SIGNED_IN_SECONDS": "1",
         "CONFIRM_MINUTES": "600", "OPERATOR_IDLE_HOURS": "10"}  # fmt: skip


RARE_PROBES = {"PROBE_SECONDS": "2"}  # of many portals that do nothing, they take the most CPU
# For tests of other things: on a busy machine a provider may be silent for long.
LONG_TIMEOUTS = {
    "FIRST_BYTE_TIMEOUT": "30",
    "WHOLE_ANSWER_TIMEOUT": "30",
    "IDLE_TIMEOUT": "30",
    "TOTAL_TIMEOUT": "60",
    **RARE_PROBES,
}


SESSION = """
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.get(username={!r}))
print(client.session.session_key)
"""
MAX_BUFFERS = 25_000_000  # bytes of memory for the buffers of sockets, the system's and ours


@dataclass
class Portal:
    """`manage.py serve` with a separate folder: database, models.yaml, log."""

    folder: Path
    models: Path
    server: str = "daphne"
    variables: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)  # user → key
    workers: int = 1
    tracer: tuple[str, ...] = ()  # a command that runs the server
    public: str = ""  # the Host header to send, if not the address

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def revision(self) -> str:
        return revision_of(self.models.read_bytes())

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "aimodels.settings",
            **SHORT_TIMEOUTS,
            "SECRET_KEY": "only-for-tests-" + "x" * 40,
            "VAR_DIR": str(self.folder),
            "MODELS_FILE": str(self.models),
            "PORT": str(self.port),
            **self.variables,
        }

    @property
    def log(self) -> Path:
        return self.folder / f"{self.server}.log"

    def memory(self) -> int:
        """Return the resident memory of the server's process, in bytes."""
        assert self.process is not None
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=180
        )
        assert not (check and done.returncode), done.stderr
        return done

    def sign_in(self, user: str, *, fresh: bool = False) -> requests.Session:
        """Return a session with the user's cookies, and the CSRF token in its headers.

        With `fresh`, it is no other test's: for those that sign out.
        """
        session = requests.Session()
        session.cookies.set(
            "sessionid", self.new_session(user) if fresh else self.session_key(user)
        )
        session.get(self.url, timeout=5)
        session.headers.update({"X-CSRFToken": session.cookies["csrftoken"], "Origin": self.url})
        return session

    def session_key(self, user: str) -> str:
        """Return the cookie of a user who is signed in, without a page: that takes a process."""
        if user not in self.sessions:
            self.sessions[user] = self.new_session(user)
        return self.sessions[user]

    def new_session(self, user: str) -> str:
        return self.manage("shell", "-c", SESSION.format(user)).stdout.split()[-1]

    def set_password(self, user: str, password: str) -> None:
        program = (f"from django.contrib.auth.models import User; u = User.objects.get(username={user!r}); "
                   f"u.set_password({password!r}); u.save()")  # fmt: skip
        self.manage("shell", "-c", program)

    def prepare(self) -> None:
        """Create the database and the accounts: ann is a user, olga an operator."""
        with ThreadPoolExecutor() as pool:
            static = pool.submit(self.manage, "collectstatic", "-v0", "--no-input")
            self.manage("migrate", "-v0")
            ann = pool.submit(self.manage, "create_token", "ann")
            olga = pool.submit(self.manage, "create_token", "olga", "--staff")
            for name, future in (("ann", ann), ("olga", olga)):
                self.tokens[name] = future.result().stdout.strip().splitlines()[-1]
                self.session_key(name)
            static.result()

    def start(self) -> None:
        command = [*self.tracer, sys.executable, str(ROOT / "manage.py"), "serve", "--server", self.server,
                   "--workers", str(self.workers)]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                host = {"Host": self.public} if self.public else {}
                response = requests.get(f"{self.url}/readyz", headers=host, timeout=1)
                if response.status_code == 200:
                    return
            except (requests.ConnectionError, requests.Timeout):
                pass
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)

    @contextmanager
    def serving(self) -> Iterator[Portal]:
        """Run it for the block. It must not have failed."""
        self.start()
        yield self
        self.stop()
        assert "Traceback" not in self.log.read_text()

    def call(
        self, method: str, path: str, *, who: str | None = "ann", **more: Any
    ) -> requests.Response:
        headers = more.pop("headers", {})
        if who:
            headers = {"Authorization": f"Bearer {self.tokens.get(who, who)}", **headers}
        more.setdefault("timeout", 20)
        return requests.request(method, self.url + path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> requests.Response:
        return self.call("POST", path, json=json, **more)

    def chat(
        self,
        text: str = "Hi",
        *,
        path: str = "/v1/ai/chat/completion",
        who: str = "ann",
        headers: dict[str, str] | None = None,
        http_stream: bool = False,
        **body: Any,
    ) -> requests.Response:
        messages = body.pop("messages", [{"role": "user", "content": text}])
        return self.post(
            path, {"messages": messages, **body}, who=who, headers=headers or {}, stream=http_stream
        )
