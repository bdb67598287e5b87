"""The table of cases, a module for each family of faults."""

from __future__ import annotations

from faults.cases import providers

CASES = [*providers.CASES]
