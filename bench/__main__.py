"""
The portal beside other gateways, in front of the same upstream. bench/README.md explains how.

    make bench                  everything
    make bench QUICK=1          in four minutes
    .venv/bin/python -m bench --only portal,direct --measures one,many --rounds 1 --seconds 10
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from bench import machine, report
from bench.errors import CannotRun
from bench.measures import MEASURES
from bench.plan import FULL, QUICK, Plan
from bench.run import Results, run
from bench.save import save
from bench.targets import TARGETS
from bench.upstream import Upstream

ROOT = Path(__file__).resolve().parent.parent
INSTALLED, TRACKED = ROOT / "var" / "bench", ROOT / "bench" / "results"


def names(known: Iterable[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        parts = text.split(",")
        if unknown := [name for name in parts if name not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(known)}")
        return parts

    return parse


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="short and rough")
    parser.add_argument("--only", type=names(TARGETS), help="targets: a,b")
    parser.add_argument("--measures", type=names(MEASURES), default=[*MEASURES], help="a,b")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="that each load lasts")
    options = parser.parse_args()
    known = [name for name, target in TARGETS.items() if not (options.quick and target.extra)]
    options.only = options.only or known
    return options


def measure(options: argparse.Namespace, plan: Plan) -> Results:
    machine.allow_many_files()
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        machine.pin_to(machine.LOADS_CORE)
        with Upstream(Path(folder)) as upstream:
            targets = [TARGETS[name](upstream, Path(folder), INSTALLED) for name in options.only]
            return run(targets, [MEASURES[name] for name in options.measures], plan)


def main() -> None:
    options = arguments()
    plan = (QUICK if options.quick else FULL).with_(options.rounds, options.seconds)
    try:
        results = measure(options, plan)
    except CannotRun as why:
        sys.exit(f"Nothing can be measured: {why}.")
    print(report.text(results))
    whole = options.only == [*TARGETS] and options.measures == [*MEASURES] and plan == FULL
    folder = TRACKED if whole else INSTALLED / "results"  # rough numbers do not replace good ones
    save(results, plan, folder)
    print(f"\nWritten: latest.json and plots, into {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
