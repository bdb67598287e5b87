"""
Runs the tests that a change can break and that need no server, database, browser or other process.

    scripts/quick_tests.py [--all] [pytest's options]

The changes are the difference to the branch `main`, or, on `main`, what is not committed. Without
changes, every quick test is chosen. A test is affected if its module imports a changed module,
directly or through others; the nearest run first. SECONDS after the first test, the rest is skipped
and counted: `make test` runs all tests. With --all every quick test runs, without a time limit.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 35
PACKAGES = (
    "core",
    "queryexpr",
    "registry",
    "chat",
    "workflow",
    "accounts",
    "sharing",
    "ledger",
    "alerts",
    "aimodels",
    "tests",
)
# A test is not quick if it uses one of these fixtures, or if its module imports one of these.
HEAVY_FIXTURES = {"fake_process", "portal_files", "browser", "db", "transactional_db", "embedded"}
HEAVY_MODULES = {
    "subprocess", "tests.support.browser", "tests.support.servers.cluster", "tests.support.portal",
    "tests.support.servers.redis_server", "tests.workflow.postgres",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True)
    run_all = "--all" in arguments
    changed = set() if run_all else changed_modules() & graph.modules
    tests = affected(graph, changed) if changed else dict.fromkeys(test_modules(graph), 0)
    quick = {name: far for name, far in tests.items() if is_light(graph, name)}
    if not quick:
        print("No quick test imports what changed. `make test` runs all tests.")
        return 0
    options = ["-q", "-p", "no:xdist", *(a for a in arguments if a != "--all")]
    paths = [f"{name.replace('.', '/')}.py" for name in quick]
    plugin = Quick(quick, math.inf if run_all else SECONDS)
    code = pytest.main([*options, *paths], plugins=[plugin])
    return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


def changed_modules() -> set[str]:
    base = "HEAD" if git("branch", "--show-current") == ["main"] else "main"
    paths = [*git("diff", "--name-only", base), *git("ls-files", "-o", "--exclude-standard")]
    return {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in paths
        if path.endswith(".py")
    }


def git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split()


def test_modules(graph: grimp.ImportGraph) -> set[str]:
    return {name for name in graph.modules if name.rpartition(".")[2].startswith("test_")}


def is_light(graph: grimp.ImportGraph, test: str) -> bool:
    return not graph.find_modules_directly_imported_by(test) & HEAVY_MODULES


def affected(graph: grimp.ImportGraph, changed: set[str]) -> dict[str, int]:
    """Return the test modules that import a changed module, with the number of steps to it."""
    distances = dict.fromkeys(sorted(changed), 0)
    waiting = list(distances)
    for module in waiting:  # grows meanwhile: the nearest first
        for importer in sorted(graph.find_modules_that_directly_import(module)):
            if importer not in distances:
                distances[importer] = distances[module] + 1
                waiting.append(importer)
    return {name: distances[name] for name in distances if name in test_modules(graph)}


class Quick:
    """Deselects tests that are not quick, runs the nearest first, and skips the rest in time."""

    def __init__(self, distances: dict[str, int], seconds: float) -> None:
        self.distances = distances
        self.seconds = seconds
        self.end = math.inf
        self.skipped = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if is_quick(item)]
        items.sort(key=self._distance)

    def _distance(self, item: pytest.Item) -> int:
        module = item.nodeid.partition("::")[0].removesuffix(".py").replace("/", ".")
        return self.distances.get(module, 0)

    def pytest_runtestloop(self) -> None:
        """Start the clock after collection, so that some tests run on a busy machine too."""
        self.end = time.monotonic() + self.seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if time.monotonic() < self.end:
            return None
        self.skipped += 1
        return True  # handled: pytest does not run it

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.write_line(
                f"{self.skipped} further tests were skipped after {self.seconds:g} s. "
                "`make test` runs them."
            )


def is_quick(item: pytest.Item) -> bool:
    """Is it neither heavy nor long, nor one that tries hundreds of random inputs?"""
    is_long = any(item.get_closest_marker(name) for name in ("hypothesis", "long"))
    return not (is_long or HEAVY_FIXTURES & {*getattr(item, "fixturenames", ())})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
