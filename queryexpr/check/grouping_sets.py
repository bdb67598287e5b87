"""Checks of grouping sets, and of GROUPING, which says what a row is grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queryexpr.check.grouping import key, keys_of_groups
from queryexpr.check.scope import Scope
from queryexpr.expression import Native, Select
from queryexpr.walk import walk

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_CALLS = frozenset({"GROUPING", "GROUPING_ID"})


def check_grouping_sets(checker: Checker, node: Select, scope: Scope, pointer: str) -> None:
    """Add an issue for a set that has a number too high, and for GROUPING of something else."""
    numbers = {number for one in node.grouping_sets for number in one}
    if (node.grouping_sets and not numbers) or max(numbers, default=-1) >= len(node.group_by):
        message = "'grouping_sets' has numbers of what is in 'group_by', from 0."
        checker.wrong("shape", message, f"{pointer}/grouping_sets")
    groups = keys_of_groups(node, scope)
    for part, _ in walk((node.select, node.having, node.qualify, node.order_by)):
        if not isinstance(part, Native) or part.native.upper() not in _CALLS:
            continue
        if any(key(value, scope) not in groups for value in part.args):
            checker.wrong("group_by", f"{part.native} takes values of GROUP BY.", pointer)
