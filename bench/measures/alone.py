"""Measures of the registry and the SQL gate, each in its own process on the targets' core."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import machine
from bench.errors import CannotRun
from bench.measures.base import Measure, Metric, Values
from bench.plan import Plan
from bench.targets.base import Target

FOLDER = Path(__file__).resolve().parents[1]
SIZES = (10, 1_000, 10_000)


def output(script: str) -> Any:
    """Return what a script prints as JSON. Raises CannotRun."""
    done = subprocess.run(
        [sys.executable, str(FOLDER / script), "--json"],
        capture_output=True, text=True, check=False, preexec_fn=machine.on_targets_core,
    )  # fmt: skip
    if done.returncode:
        raise CannotRun(f"{script} failed: {done.stderr.strip()[-200:]}")
    return json.loads(done.stdout)


def registry(target: Target, plan: Plan) -> Values:
    return dict(output("registry.py"))


def sql(target: Target, plan: Plan) -> Values:
    times = output("sql.py")
    return {
        "gate_p50": times["gate"][0],
        "gate_p95": times["gate"][1],
        "compile_p50": times["compile"][0],
        "compile_p95": times["compile"][1],
    }


REGISTRY = tuple(
    Metric(f"{key}_{size}", title.format(f"{size:,}"), unit)
    for key, title, unit in (
        ("load", "models.yaml of {} models: first read", "ms"),
        ("again", "models.yaml of {} models: read again", "ms"),
        ("override", "a named model of {}: resolved", "µs"),
        ("default", "the default of {}: resolved", "µs"),
    )
    for size in SIZES
)
SQL = (
    Metric("gate_p50", "SQL gate, a query: median", "ms"),
    Metric("gate_p95", "SQL gate, a query: 95 %", "ms"),
    Metric("compile_p50", "SQL compiled, a query: median", "ms"),
    Metric("compile_p95", "SQL compiled, a query: 95 %", "ms"),
)
MEASURES = [
    Measure("registry", registry, REGISTRY, portal_only=True, slow=True),
    Measure("sql", sql, SQL, portal_only=True, slow=True),
]
