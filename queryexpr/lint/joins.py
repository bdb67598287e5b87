"""Warnings about joins: sources without a condition between them, and joins off the keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from queryexpr.issues import Issue
from queryexpr.lint.block import Block, Link, warning
from queryexpr.lint.keys import Rows, Schema, origin


def cartesian(block: Block, rows: Rows, schema: Schema) -> Iterator[Issue]:
    """Warn of sources that no condition connects to those before, unless they have one row."""
    groups: dict[Any, list[str]] = defaultdict(list)
    roots = _roots(block)
    for alias in block.members:
        if alias not in rows.alone:
            groups[_root(roots, alias)].append(alias)
    for group in [*groups.values()][1:]:
        before = next(iter(groups.values()))
        message = _apart(block, group, before, schema)
        yield warning("cartesian_join", message, block.members[group[0]].pointer)


def _roots(block: Block) -> dict[Any, Any]:
    """Return a forest: sources that conditions connect, directly or not, have one root."""
    roots: dict[Any, Any] = {}
    for names in block.connected:
        first, *others = names or [None]
        for name in others:
            roots[_root(roots, name)] = _root(roots, first)
    return roots


def _root(roots: dict[Any, Any], name: Any) -> Any:
    while (above := roots.get(name, name)) != name:
        roots[name] = roots.get(above, above)  # a shorter path for the next look-up
        name = above
    return name


def _apart(block: Block, group: list[str], before: list[str], schema: Schema) -> str:
    keys = (declared(block, group[0], other, schema) for other in before)
    known = next((f", such as {conditions[0]}" for conditions in keys if conditions), "")
    one, other = block.title(group[0]), block.title(before[0])
    return (
        f"No condition connects {one} and {other}: each row of one is combined with each row of"
        f" the other. Join them on the columns that belong together{known}."
    )


# ── join_off_keys ───────────────────────────────────────────────────────────────────────────


def off_keys(block: Block, rows: Rows, schema: Schema) -> Iterator[Issue]:
    """Warn of tables that are joined on columns that no foreign key connects."""
    for (one, other), links in rows.pairs.items():
        left, right = block.table(one), block.table(other)
        if left is None or right is None or not (left.foreign_keys or right.foreign_keys):
            continue
        keys = declared(block, one, other, schema)
        if not keys and (origin(left) == origin(right) or _like_a_key(links, rows)):
            continue
        if not any(_along(link, block, schema) for link in links):
            yield warning("join_off_keys", _off(block, links[0], keys), links[0].pointer)


def _like_a_key(links: list[Link], rows: Rows) -> bool:
    """Are the columns a key of one table, with the same names: a foreign key not declared?"""
    same = {link.one[1] for link in links if link.one[1] == link.other[1]}
    return any(rows.covered(alias, same) for alias, _ in (links[0].one, links[0].other))


def _along(link: Link, block: Block, schema: Schema) -> bool:
    """Do the values of both columns come from one column, along foreign keys?"""
    (one, column), (other, name) = link.one, link.other
    left, right = block.table(one), block.table(other)
    if left is None or right is None:
        return True
    return not schema.origins(left, column).isdisjoint(schema.origins(right, name))


def _off(block: Block, link: Link, keys: list[str]) -> str:
    one, other = block.full_name(link.one), block.full_name(link.other)
    if keys:
        return (
            f"{one} = {other} joins columns that no foreign key connects. The schema declares"
            f" {' or '.join(keys)}: join on that."
        )
    return (
        f"{one} = {other} joins columns that no foreign key connects, and the schema declares none"
        " between their tables. Check that both mean the same, and whether another table joins"
        " these two."
    )


def declared(block: Block, one: str, other: str, schema: Schema) -> list[str]:
    """Return the foreign keys between two sources, as conditions."""
    conditions = []
    for child, parent in ((one, other), (other, one)):
        left, right = block.table(child), block.table(parent)
        if left is None or right is None:
            continue
        for mine, target, theirs in schema.foreign_keys(left):
            if origin(target) == origin(right):
                names = zip(mine, theirs, strict=False)
                parts = (
                    (block.full_name((child, a)), block.full_name((parent, b))) for a, b in names
                )
                conditions.append(" and ".join(f"{a} = {b}" for a, b in parts))
    return conditions
