"""GROUP BY, and its sets: ROLLUP where they are the beginnings of one list, else GROUPING SETS."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder
from queryexpr.expression import Select


def write_groups(builder: Builder, node: Select) -> exp.Group | None:
    """Return the clause; None where there is none. Raises Refused if the dialect lacks the sets."""
    if not node.group_by:
        return None
    values = builder.values(node.group_by)
    if not node.grouping_sets:
        return exp.Group(expressions=values)
    has = builder.dialect.grouping
    if _is_rollup(node):
        if not has:
            raise builder.lacks("ROLLUP")
        if has == "rollup":  # GROUP BY a, b WITH ROLLUP
            return exp.Group(expressions=values, rollup=[exp.Rollup()])
        return exp.Group(expressions=[exp.Rollup(expressions=values)])
    if has != "sets":
        raise builder.lacks("GROUPING SETS")
    sets = [
        exp.Tuple(expressions=[values[number].copy() for number in one])
        for one in node.grouping_sets
    ]
    return exp.Group(expressions=[exp.GroupingSets(expressions=sets)])


def _is_rollup(node: Select) -> bool:
    numbers = tuple(range(len(node.group_by)))
    return node.grouping_sets == tuple(numbers[:end] for end in range(len(numbers), -1, -1))
