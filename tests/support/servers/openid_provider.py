"""
An OpenID provider, of the package oidc-provider-mock, in a process of its own.

It can be made to lie: `lies` replaces claims of the ID tokens that follow, signed with its own key.

    python -m tests.support.servers.openid_provider PORT
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.support.paths import ROOT
from tests.support.ports import free_port


class OpenIDProvider:
    """The provider's address, and the people that it knows."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def know(self, subject: str, **claims: Any) -> None:
        """Let someone exist there, with these claims."""
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5).raise_for_status()

    def lie(self, **claims: Any) -> None:
        """Replace these claims in ID tokens from now on; None removes one."""
        requests.put(f"{self.url}/lies", json=claims, timeout=5).raise_for_status()

    def agree(self, address: str, subject: str) -> str:
        """Sign in there, as the page at `address` asks; return the address to go back to."""
        answer = requests.post(address, {"sub": subject}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def openid_provider() -> Iterator[OpenIDProvider]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", __name__, str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, process)
        yield OpenIDProvider(port)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "the OpenID provider ended at once"
            assert time.monotonic() < end
            time.sleep(0.05)


def serve(port: int) -> None:
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http, on this machine
    import flask
    from authlib import jose
    from oidc_provider_mock import app as provider
    from oidc_provider_mock._storage import storage

    app = provider()
    lies: dict[str, Any] = {}

    @app.put("/lies")  # type: ignore[untyped-decorator]
    def set_lies() -> Any:
        lies.clear()
        lies.update(flask.request.json)
        return "", 204

    @app.after_request  # type: ignore[untyped-decorator]
    def tell_lies(response: Any) -> Any:
        if flask.request.path == "/oauth2/token" and lies and response.status_code == 200:
            body = json.loads(response.data)
            key = storage.jwk
            claims = {**jose.jwt.decode(body["id_token"], key), **lies}
            claims = {name: value for name, value in claims.items() if value is not None}
            signer = jose.RSAKey.generate_key(is_private=True) if "forged" in lies else key
            header = {"alg": "RS256", "kid": key.as_dict(add_kid=True)["kid"]}
            if "unsigned" in lies:
                header = {"alg": "none"}
            token = jose.JsonWebToken(["RS256", "none"]).encode(header, claims, signer)
            response.data = json.dumps({**body, "id_token": token.decode()})
        return response

    app.run("127.0.0.1", port, threaded=True, debug=False, use_reloader=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
