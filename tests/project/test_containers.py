"""The image and the compose file: linted, closed, and asked for their health."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from django.core.management import get_commands
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.ports import free_port
from tests.support.servers.redis_server import needs_redis

DEPLOY = ROOT / "deploy"
HOST = "ai.example.org"


def lint(program: str, *arguments: str | Path, **variables: str) -> str:
    """Return what a linter prints; it is installed beside Python."""
    done = subprocess.run(
        [Path(sys.executable).parent / program, *arguments], capture_output=True, text=True,
        check=False, timeout=60, env={**os.environ, **variables},
    )  # fmt: skip
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


COMPOSE_VARIABLES = {
    "SECRET_KEY": "x", "ALLOWED_HOSTS": HOST, "POSTGRES_PASSWORD": "x", "REDIS_PASSWORD": "canary",
}  # fmt: skip


def test_the_dockerfile_passes_its_linter(tmp_path: Path) -> None:
    assert lint("hadolint", "--no-color", DEPLOY / "Dockerfile") == ""
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp\n")
    assert "DL3006" in lint("hadolint", "--no-color", bad)


def test_docker_compose_accepts_the_compose_file(tmp_path: Path) -> None:
    def check(file: Path) -> str:
        return lint("docker-compose", "-f", file, "config", "-q", **COMPOSE_VARIABLES)

    assert check(DEPLOY / "compose.yaml") == ""
    bad = tmp_path / "compose.yaml"
    bad.write_text((DEPLOY / "compose.yaml").read_text().replace("restart:", "restrat:"))
    assert "restrat" in check(bad)


def test_the_image_runs_commands_that_exist() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    commands = re.findall(r"aimodels (\w+) -", text)
    assert commands == ["migrate", "collectstatic", "serve"]
    assert set(commands) <= get_commands().keys()


def test_the_compose_file_names_settings_that_exist() -> None:
    settings = (ROOT / "aimodels/settings.py").read_text() + (ROOT / "models.yaml").read_text()
    names = set(services()["portal"]["environment"])
    assert {name for name in names if name not in settings} == set()
    assert set(services()) == {"portal", "redis", "postgres"}


def services() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"])


@pytest.mark.parametrize("name", ["portal", "redis", "postgres"])
def test_each_container_is_closed(name: str) -> None:
    service = services()[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "mem_limit" in service
    image = service.get("image") or (DEPLOY / "Dockerfile").read_text()
    assert re.search(r":\d+\.\d+(\.\d+)?-", image), "an exact version"
    assert "healthcheck" in service or "HEALTHCHECK" in image


@needs_redis
def test_redis_wants_the_password_that_compose_gives_it() -> None:
    port = free_port()
    command = services()["redis"]["command"][2].replace("$$", "$").replace(
        'save ""', f'port {port}\nsave ""'
    )  # fmt: skip
    process = subprocess.Popen(
        ["sh", "-c", command], env={**os.environ, **COMPOSE_VARIABLES}, stdout=subprocess.DEVNULL
    )
    try:
        address = f"redis://127.0.0.1:{port}"
        with redis.Redis.from_url(
            address, password="canary", retry=Retry(ConstantBackoff(0.1), 100)
        ) as client:
            assert client.ping()
        with redis.Redis.from_url(address) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert b"canary" not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    finally:
        process.terminate()
        process.wait()


def test_the_images_health_check_asks_the_portal(portal: Portal) -> None:
    (line,) = re.findall(r"HEALTHCHECK .* CMD (\[.*\])", (DEPLOY / "Dockerfile").read_text())
    program = json.loads(line)[2].replace(":8000", f":{portal.port}")

    def healthy(program: str) -> bool:
        done = subprocess.run(
            [sys.executable, "-c", program], check=False, capture_output=True, timeout=60,
            env={**os.environ, "ALLOWED_HOSTS": "localhost,other.example"},
        )  # fmt: skip
        return done.returncode == 0

    assert healthy(program)
    assert not healthy(program.replace("/readyz", "/missing"))
