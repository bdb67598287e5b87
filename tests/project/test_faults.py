"""A few cases of `make faults`, so that it keeps running, and how it judges."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import report
from faults.__main__ import MODELS
from faults.case import Case, Figures, Result, Setup, promise
from faults.cases import CASES
from faults.provider import Provider
from faults.repeat import Held, leaks
from faults.run import Runner
from faults.site import Site
from tests.conftest import copy_of
from tests.support.paths import ROOT
from tests.support.portal import LONG_TIMEOUTS, Portal

TRIED = ("P1", "F5", "F16")


@pytest.fixture
def runner(portal_files: Portal, tmp_path: Path) -> Iterator[Runner]:
    fake = Provider()
    base = copy_of(portal_files, tmp_path / "base", "uvicorn", **LONG_TIMEOUTS)
    base.variables |= {"FAKE_PORT": f"{fake.port}", "PACED_PORT": "1"}
    shutil.copy(MODELS, base.models)
    with Runner(base, fake, tmp_path) as runner:
        yield runner
    fake.close()


def test_some_cases_hold_and_a_broken_promise_is_reported(runner: Runner) -> None:
    cases = [case for case in CASES if case.name in TRIED]
    results = [runner.run(case) for case in cases]
    assert [result.outcome for result in results] == ["as promised"] * len(TRIED)

    def broken(site: Site) -> None:
        promise(site.portal.chat().status_code == 418, "it is no teapot")

    case = Case("X", "nothing", "a teapot", "docs/api.md", broken, cases[0].setup)
    assert runner.run(case).outcome == "**not**: it is no teapot"


def test_what_is_left_is_named() -> None:
    before = Held(threads=9, descriptors=20, connections=3, answers=0, megabytes=100)
    assert leaks(before, Held(10, 21, 4, 0, 109)) == []
    after = Held(threads=19, descriptors=20, connections=3, answers=1, megabytes=120)
    assert leaks(before, after) == ["threads: 9 → 19", "answers: 0 → 1", "memory: 100 → 120 MB"]


def test_names_are_unique_and_pages_exist() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len({*names})
    assert [case.page for case in CASES if not (ROOT / case.page).is_file()] == []


def test_the_scorecard_replaces_the_old_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    case = Case("F0", "a fault", "an end", "docs/api.md", lambda site: None, Setup())
    for outcome in ("it hangs", ""):
        report.write(page, [Result(case, "daphne", Figures(0.5), 1, outcome)], "make faults", "now")
    text = page.read_text()
    assert "| F0 | a fault | [an end](api.md) | daphne | as promised | 0.50 |  |  |" in text
    assert text.startswith("Before\n")
    assert text.endswith("\nafter\n")
    assert text.count("daphne") == 1


def test_the_readmes_promises_get_their_figures(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("\n".join(["Before", *report.PROMISES, report.BEGIN, report.END]))
    case = Case("E1", "edits", "two seconds", "docs/api.md", lambda site: None, Setup())
    results = [
        Result(case, "uvicorn", Figures(0.5), 1),
        Result(case, "daphne", Figures(2.5), 1, "they disagree"),
    ]
    report.write(page, results, "make faults", "now")
    assert "| E1 | uvicorn 0.50 s; daphne **not**: they disagree |" in page.read_text()
