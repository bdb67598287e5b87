from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.embedded import start_model, variables
from tests.support.fake_provider import FakeProvider
from tests.support.paths import DATA, ROOT
from tests.support.portal import FAKE_KEY, FAKE_TEAM, LONG_TIMEOUTS, RARE_PROBES, Portal
from tests.support.ports import free_port
from tests.support.servers import databases
from tests.support.socket_client import SocketClient

# A machine that is busy makes slow examples, and no wrong ones.
settings.register_profile("any_speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_speed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three for two cores: tests wait more than they compute."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


collect_ignore = ["clients"]  # they run in an environment of their own: make test-clients
DATABASE_FIXTURES = {"portal_files", "db", "transactional_db", "start"}
# What providers, programs and data sources send, and what a browser shows of records: it is the
# same whatever keeps them.
SAME_EVERYWHERE = (
    "accounts/sso", "aimodels/developers", "aimodels/look", "aimodels/reference",
    "aimodels/test_django_threads.py", "aimodels/test_half_closed.py",
    "chat/attachments/test_page.py", "chat/attachments/test_pasting.py", "chat/comparison/test_page.py",
    "chat/page", "chat/requests", "chat/test_adjusting.py", "chat/test_audio.py",
    "chat/test_clients.py", "chat/test_completions.py", "chat/test_images.py", "chat/test_rerank.py",
    "chat/test_socket_frames.py", "chat/test_texts.py", "chat/test_titling.py", "core/limits",
    "core/test_access.py", "core/test_rules.py", "doors", "project/test_hot_path.py",
    "project/test_openapi.py", "queryexpr", "registry/budgets", "registry/gateway", "registry/pages",
    "registry/providers", "registry/test_events.py", "registry/test_live_health.py",
    "registry/test_programs.py", "registry/test_turns.py", "workflow/sources",
    "workflow/test_edits.py", "workflow/test_fallback.py", "workflow/test_german.py",
    "workflow/test_own_sql.py", "workflow/test_page.py", "workflow/test_sql_first.py",
)  # fmt: skip


def pytest_configure() -> None:
    if databases.POSTGRES:
        databases.truncate_with_references()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On Postgres, skip the tests that have few records or none: they are run with SQLite."""
    if databases.POSTGRES:
        items[:] = [item for item in items if keeps_records(item)]


def keeps_records(item: pytest.Item) -> bool:
    place = item.path.relative_to(Path(__file__).parent).as_posix()
    fixtures = DATABASE_FIXTURES & {*getattr(item, "fixturenames", ())}
    uses_database = fixtures or item.get_closest_marker("django_db")
    return bool(uses_database) and not place.startswith(SAME_EVERYWHERE)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Close a test's tab before its portal stops: the page would log that its sockets are lost."""
    tab = getattr(item, "funcargs", {}).get("page")
    if context := getattr(tab, "context", None):  # `page` may be another test's parameter
        context.close()


CACHES = [("queryexpr.gate.bind", "_duckdb"), ("tests.queryexpr.triples", "duck")]


def pytest_unconfigure() -> None:
    """Free cached DuckDB connections: it reports those that live until the end as leaks."""
    for module, name in CACHES:
        if module in sys.modules:
            getattr(sys.modules[module], name).cache_clear()
    gc.collect()


@pytest.fixture(scope="session")
def fake_process() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    yield provider
    provider.close()


@pytest.fixture
def fake(fake_process: FakeProvider) -> FakeProvider:
    fake_process.reset()
    return fake_process


@pytest.fixture(scope="session")
def portal_files(tmp_path_factory: pytest.TempPathFactory, fake_process: FakeProvider) -> Portal:
    """A portal that is set up but not started; other portals are copies of its folder."""
    folder = tmp_path_factory.mktemp("portal")
    models = folder / "models.yaml"
    shutil.copy(DATA / "portal.yaml", models)
    environ = {
        "FAKE_PORT": str(fake_process.port),
        "CLOSED_PORT": str(free_port()),
        "FAKE_KEY": FAKE_KEY,
        "FAKE_TEAM": FAKE_TEAM,
        **databases.new_database(),
    }
    portal = Portal(folder, models, variables=environ)
    portal.prepare()
    return portal


@pytest.fixture(scope="session")
def _running(
    portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Portal]]:
    running: dict[str, Portal] = {}
    for name, server, more in (
        ("daphne", "daphne", RARE_PROBES), ("uvicorn", "uvicorn", RARE_PROBES),
        ("patient", "daphne", LONG_TIMEOUTS),
    ):  # fmt: skip
        portal = copy_of(portal_files, tmp_path_factory.mktemp(name), server, **more)
        portal.start()
        running[name] = portal
    yield running
    for portal in running.values():
        portal.stop()
    for portal in running.values():
        log = portal.log.read_text()
        assert "Traceback" not in log, log
        for secret in (FAKE_KEY, FAKE_TEAM, *portal.tokens.values()):
            assert secret not in log


def copy_of(portal: Portal, folder: Path, server: str = "daphne", **variables: str) -> Portal:
    """Return a copy of `portal` with a separate database and models.yaml, not started."""
    shutil.copytree(portal.folder, folder, dirs_exist_ok=True)
    return Portal(
        folder,
        folder / "models.yaml",
        server,
        {
            **portal.variables,
            **databases.new_database(portal.variables.get("DATABASE_URL", "")),
            **variables,
        },
        tokens=portal.tokens,
        sessions=dict(portal.sessions),
    )


@pytest.fixture(params=databases.SERVERS)
def portal(
    request: pytest.FixtureRequest, _running: dict[str, Portal], fake: FakeProvider
) -> Portal:
    """The portal on each server; `fake` is its provider, fresh for each test."""
    return _running[request.param]


@pytest.fixture
def own_portal(portal_files: Portal, tmp_path: Path, fake: FakeProvider) -> Iterator[Portal]:
    """A portal for this test alone, not started; it is stopped afterwards."""
    portal = copy_of(portal_files, tmp_path / "own")
    yield portal
    if portal.process is not None:
        portal.stop()


@pytest.fixture(scope="module")
def module_portal(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal for the tests of one module, with its MODELS, which runs."""
    portal = copy_of(portal_files, tmp_path_factory.mktemp("module"), **LONG_TIMEOUTS)
    portal.models.write_text(request.module.MODELS)
    with portal.serving():
        yield portal


@pytest.fixture(params=databases.SERVERS)
def running_portal(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> Iterator[Portal]:
    """A portal for this test alone, which runs."""
    portal = copy_of(portal_files, tmp_path / "running", request.param, **LONG_TIMEOUTS)
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


@pytest.fixture
def talking(portal: Portal) -> Iterator[SocketClient]:
    with SocketClient(portal) as client:
        yield client


@pytest.fixture
def raw(portal: Portal) -> Iterator[SocketClient]:
    with SocketClient(portal, "/ws/raw/") as client:
        yield client


@pytest.fixture(scope="session")
def embedded() -> Iterator[dict[str, str]]:
    """Serve the embedded model by our own command; yield the variables of its server."""
    environ = variables()
    process = start_model(environ)
    yield environ
    process.communicate()


@pytest.fixture(scope="session")
def shipped(
    portal_files: Portal, embedded: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("shipped"), **embedded)
    portal.models = ROOT / "models.yaml"
    portal.variables |= {"FIRST_BYTE_TIMEOUT": "60", "WHOLE_ANSWER_TIMEOUT": "60",
                         "TOTAL_TIMEOUT": "60", "IDLE_TIMEOUT": "30"}  # fmt: skip
    portal.start()
    yield portal
    portal.stop()
