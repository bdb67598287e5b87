"""What the README promises, each with its figures from the scorecard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from faults.case import Result

PROMISES = {
    "The portal follows an edit of `models.yaml` within two seconds, and keeps the last good "
    "version after a mistake.": ["E1"],
    "The default is the same for all workers, and switched without a restart.": ["R1", "R2", "E1"],
    "Every answer names the model that gave it and why, errors and fallbacks too.": [
        "P1", "P2", "B1", "B2", "B3"],
}  # fmt: skip


def table(results: Sequence[Result]) -> Iterator[str]:
    yield "| promise | case | figures: until it is detected |"
    yield "|---|---|---|"
    for promise, names in PROMISES.items():
        for number, name in enumerate(names):
            of_case = [result for result in results if result.case.name == name]
            cells = [promise if number == 0 else "", name, "; ".join(map(figure, of_case))]
            yield f"| {' | '.join(cells)} |"


def figure(result: Result) -> str:
    detected = result.figures.detected
    kept = result.outcome if detected is None or result.outcome != "as promised" else None
    return f"{result.server} {kept or f'{detected:.2f} s'}"
