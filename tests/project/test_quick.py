"""Which tests `make quick` chooses."""

from __future__ import annotations

import grimp
import pytest

from scripts.quick_tests import PACKAGES, Quick, affected, is_light


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True)


def test_a_change_chooses_the_tests_that_import_it_directly_or_not(
    graph: grimp.ImportGraph,
) -> None:
    chosen = affected(graph, {"core.yaml.strict"})
    assert "tests.registry.config.test_config" in chosen
    assert "tests.queryexpr.test_explain" not in chosen


def test_the_nearest_tests_come_first(graph: grimp.ImportGraph) -> None:
    chosen = affected(graph, {"queryexpr.explain.words"})
    assert list(chosen.values()) == sorted(chosen.values())
    assert chosen["tests.queryexpr.test_explain"] < chosen["tests.queryexpr.test_gate"]


@pytest.mark.parametrize(
    ("module", "light"),
    [
        ("tests.registry.config.test_config", True),
        ("tests.queryexpr.test_explain", True),
        ("tests.chat.page.test_page", False),
        ("tests.registry.test_workers", False),
        ("tests.project.test_package", False),
    ],
)
def test_tests_that_start_processes_are_not_quick(
    graph: grimp.ImportGraph, module: str, light: bool
) -> None:
    assert is_light(graph, module) is light


def test_the_time_of_collection_does_not_count(request: pytest.FixtureRequest) -> None:
    plugin = Quick({}, seconds=0)
    assert plugin.pytest_runtest_protocol(request.node) is None
    plugin.pytest_runtestloop()
    assert plugin.pytest_runtest_protocol(request.node) is True
    assert plugin.skipped == 1
