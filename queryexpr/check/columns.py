"""Names of columns in values: what they mean, and issues about those that mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.joining import holders, remedy
from queryexpr.check.names import spelled
from queryexpr.check.parts import field_of
from queryexpr.check.scope import Output, Scope, Source
from queryexpr.check.unique import check_use
from queryexpr.expression import Column
from queryexpr.issues import did_you_mean

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker, Place


def named(checker: Checker, node: Column, scope: Scope, pointer: str, place: Place) -> Any:
    """Return a column with its exact name, or the value that the name means."""
    node = _meant(checker, node, scope, place)
    own = scope.own(node.column, node.table)
    result = scope.results.get(scope.key(node.column)) if node.table is None else None
    # A table whose columns are not known may have it. That comes before an alias of the result.
    known = own if place.results == "expand" else scope.known(node.column, node.table)
    if result is not None and place.results and (place.results == "first" or not known):
        if place.results == "expand":
            checker.expand(result.expr)
            inner = Scope(scope.outer, scope.sources, key=scope.key)
            return checker.values.value(result.expr, inner, pointer, place)
        return node.model_copy(update={"column": result.alias})
    matches = own or scope.find(node.column, node.table)
    by_result = place.clause == "ORDER BY" and checker.dialect.results_in_order_by
    if len(matches) > 1 and by_result:
        matches = scope.shown(matches) or matches
        node = node.model_copy(update={"table": matches[0][0].alias})
    if len(matches) == 1:
        check_use(checker, node, matches[0][0], pointer)
        return _exact(checker, _apart(checker, node, scope, matches[0][0]), *matches[0])
    if matches:
        ambiguous(checker, node, matches, pointer)
        return node
    return _text(checker, node, scope, pointer, place)


def _meant(checker: Checker, node: Column, scope: Scope, place: Place) -> Column:
    """Return the column that is there in letters of another case, if the name itself is not."""
    if checker.key is str.lower or scope.find(node.column, node.table):
        return node
    is_result = bool(place.results) and node.table is None
    if is_result and scope.key(node.column) in scope.results:
        return node
    near = scope.nearly(node.column, node.table, results=is_result)
    return node.model_copy(update={"column": near}) if near else node


def _apart(checker: Checker, node: Column, scope: Scope, source: Source) -> Column:
    """Return a column with its table where an alias of the result differs in its case only.

    Where names are not folded, the alias would be meant.
    """
    if checker.key is str.lower or node.table or scope.key(node.column) in scope.merged:
        return node
    aliases = (item.alias or "" for item in scope.results.values())
    is_own = scope.sources.get(scope.key(source.alias)) is source
    if not is_own or not source.alias or spelled(node.column, aliases) is None:
        return node
    return node.model_copy(update={"table": source.alias})


def _text(checker: Checker, node: Column, scope: Scope, pointer: str, place: Place) -> Any:
    """Return the text that a name in double quotes means where no column has it."""
    may_be = id(node) in checker.quoted and checker.dialect.quoted_may_be_text
    if may_be and not place.subject:
        return node.column
    remedy = " A text is in single quotes." if may_be else ""
    unknown_column(checker, node, scope, pointer, remedy)
    return node


def _exact(checker: Checker, node: Column, source: Any, output: Output) -> Any:
    if field := field_of(checker, node, source, output):
        return field
    table = source.alias if node.table else None
    if (node.column, node.table) == (output.name, table):
        return node
    return node.model_copy(update={"column": output.name, "table": table})


def ambiguous(checker: Checker, node: Column, matches: list[Any], pointer: str) -> None:
    """Add an issue for the name."""
    options = tuple(f"{source.alias}.{output.name}" for source, output in matches)
    message = f"{node.column!r} may be {' or '.join(options)}: name its table."
    checker.wrong("ambiguous_column", message, pointer, near=options)


def unknown_column(
    checker: Checker, node: Column, scope: Scope, pointer: str, advice: str = ""
) -> None:
    """Add an issue for the name."""
    if node.table is not None and scope.source(node.table) is None:
        unknown_alias(checker, node.table, scope, pointer)
        return
    found = scope.find(node.column, None)
    others = tuple(f"{s.alias}.{output.name}" for s, output in found if s.columns is not None)
    near = others or checker.near(node.column, _names(node, scope))
    advice = advice or _ROWNUM * (node.column.upper() == "ROWNUM")
    subject = f"{node.table!r} has no" if node.table else "No table in FROM has a"
    others_have = "" if others else holders(checker, node.column, scope)
    message = f"{subject} column {node.column!r}.{others_have}{did_you_mean(near)}{advice}"
    checker.wrong("unknown_column", message, pointer, near=near)


_ROWNUM = " For the first rows write LIMIT, or FETCH FIRST 10 ROWS ONLY where there is none."


def _names(node: Column, scope: Scope) -> dict[str, None]:
    """Return the names of the columns among which one that is not there may be meant."""
    sources = [scope.source(node.table)] if node.table else list(scope.every())
    return dict.fromkeys(o.name for s in sources if s for o in (s.columns or {}).values())


def unknown_alias(checker: Checker, table: str, scope: Scope, pointer: str) -> None:
    """Add an issue for the name."""
    if scope.around and scope.around.source(table):
        message = (
            f"This join does not see {table!r}, which a comma or parentheses separate from it:"
            " write CROSS JOIN in place of the comma."
        )
        checker.wrong("unknown_alias", message, pointer)
        return
    if how := remedy(checker, table, scope):
        checker.wrong("unknown_alias", f"FROM has no table {table!r}: {how}", pointer)
        return
    near = checker.near(table, [source.alias for source in scope.every()])
    message = f"FROM has no table {table!r}.{did_you_mean(near)}"
    checker.wrong("unknown_alias", message, pointer, near=near)
