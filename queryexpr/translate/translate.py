"""
A query of one dialect → the same query of another.

It is written in its own dialect, translated by sqlglot, which knows what `/` and NULLS mean in
both, and read again. A function that the other dialect lacks is an error then, and not text that is
passed on.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp, parse_one

from queryexpr.build.builder import Builder, lacks
from queryexpr.build.emit import emit
from queryexpr.build.queries import QUERIES
from queryexpr.build.truth import truth
from queryexpr.build.values import VALUES
from queryexpr.check.check import check
from queryexpr.check.odd_dates import CODE as ODD_DATE
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import grammar
from queryexpr.expression import QueryExpression
from queryexpr.issues import Issue, Refused, errors
from queryexpr.lift.lift import lift
from queryexpr.lift.queries import recurs
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.arithmetic.domains import in_domain
from queryexpr.translate.arithmetic.places import whole_places
from queryexpr.translate.arithmetic.statistics import statistic
from queryexpr.translate.calls import same_call
from queryexpr.translate.changes import changed
from queryexpr.translate.dates.differences import as_counted
from queryexpr.translate.dates.epochs import as_epoch
from queryexpr.translate.dates.formats import as_formatted, marked, with_formats
from queryexpr.translate.dates.hours import with_hours, without_hours
from queryexpr.translate.dates.lengths import (
    as_sum,
    check_lengths,
    checked_length,
    made,
    multiplied,
    parted,
)
from queryexpr.translate.dates.literals import literal_date
from queryexpr.translate.dates.modifiers import as_date_sum
from queryexpr.translate.dates.month_ends import months_later
from queryexpr.translate.dates.now import as_today
from queryexpr.translate.dates.numbers import year_and_month
from queryexpr.translate.dates.parts import as_part
from queryexpr.translate.dates.seconds import second_part
from queryexpr.translate.dates.weeks import same_week
from queryexpr.translate.dates.zero import number_as_date
from queryexpr.translate.dates.zones import in_named_zone
from queryexpr.translate.lacking import check_clauses, check_words
from queryexpr.translate.laterals import joined
from queryexpr.translate.names import check_names, kept_quotes
from queryexpr.translate.nested import check_nested, nested
from queryexpr.translate.nested_groups import single_groups
from queryexpr.translate.positions import order_by_values, place_nulls
from queryexpr.translate.texts.ends import from_first
from queryexpr.translate.texts.joined import chained
from queryexpr.translate.texts.likes import same_like
from queryexpr.translate.typed import by_types
from queryexpr.translate.windows import any_value, with_default
from queryexpr.translate.words import format_last, reworded

# What only a check of the target finds. A date beside an odd text has other rows, if no error.
OF_TARGETS = (
    "type_mismatch", "not_supported", "order_by", "by_zero", "distinct_on", "odd_text", "recursion",
    "operands", "ambiguous_column", "duplicate_alias", "window",
)  # fmt: skip


def translate(
    expression: QueryExpression, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> QueryExpression:
    """Return a query that was lifted from `source` as one of `target`. Raises Refused."""
    check_nested(expression.query, source, target)
    check_names(expression, source, target, catalogue)
    builder = Builder(source, None, VALUES, QUERIES, kept_quotes(expression, source, catalogue))
    plain = marked(builder.query(expression.query), source, target)
    sql = emit(plain, source)
    try:
        tree = parse_one(sql, read=grammar(source))
        written = emit(_translated(tree, source, target, catalogue), target)
        written = with_formats(written, target)
    except Refused:
        raise
    except Exception:  # sqlglot raises more than its own errors for operands that are odd
        message = f"{source.title}'s query cannot be translated to {target.title}."
        raise Refused(Issue("dialect", message)) from None
    final = lift(written, target).expression
    quoted = {*final.quoted, *kept_quotes(expression, source, catalogue)}
    final = final.model_copy(update={"quoted": tuple(sorted(quoted))})
    # Names as the schema spells them, and no alias where the dialect does not see one.
    checked = check(final, target, catalogue, strict_groups=False)
    wrong = [i for i in errors(checked.issues) if i.code in OF_TARGETS]
    wrong += [i for i in checked.issues if i.code == ODD_DATE]
    if wrong:
        raise Refused(*(replace(issue, pointer="", severity="error") for issue in wrong))
    return checked.expression


def _translated(
    tree: exp.Expr, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> exp.Expr:
    check_clauses(tree, source, target)
    order_by_values(tree, target)
    place_nulls(tree, target)
    tree = changed(changed(tree, number_as_date, source, target), as_date_sum, source, target)
    tree = tree.transform(format_last).transform(as_counted, source, target)
    tree = changed(changed(tree, as_today, source), without_hours, source, target)
    tree = changed(changed(tree, as_epoch, source, target), whole_places, source, target)
    tree = changed(changed(tree, same_week, source, target), literal_date, source, target)
    tree = changed(changed(tree, in_named_zone, target), year_and_month)
    tree = _with_lengths(tree, source, target, catalogue)
    tree = tree.transform(nested, source, target).transform(as_formatted)
    tree = changed(changed(tree, joined, target), from_first, source, target)
    tree = changed(tree, as_part, target)
    tree = changed(changed(tree, any_value, source, target), with_default, target)
    check_words(tree, source, target)
    tree = by_types(tree, source, target, catalogue)
    tree = changed(tree, second_part, source, target)
    tree = changed(tree.transform(truth, target), same_like, source, target)
    tree = changed(tree, chained, target)
    tree = tree.transform(statistic, source, target).transform(_crossed)
    tree = changed(tree, in_domain, source, target)
    tree = changed(changed(tree, same_call, source, target), reworded, source, target)
    tree = changed(changed(tree, with_hours, target), single_groups, target)
    _apart(tree)
    _limit(tree, target)
    _recurse(tree, target)
    return tree


def _with_lengths(
    tree: exp.Expr, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> exp.Expr:
    """Return the tree with lengths of time as the target adds them to dates."""
    tree = changed(changed(tree, made, source, target), months_later, target)
    tree = changed(tree, as_sum, source, target)
    tree = changed(tree, parted, target)
    tree = changed(tree, multiplied, target, catalogue)
    tree = changed(tree, checked_length, target, catalogue)
    check_lengths(tree, target)
    return tree


def _crossed(node: exp.Expr) -> exp.Expr:
    """Write CROSS JOIN for a comma, which binds as strongly as JOIN in SQLite only."""
    if isinstance(node, exp.Join) and not any(
        node.args.get(key) for key in ("side", "kind", "method", "on", "using")
    ):
        node.set("kind", "CROSS")
    return node


def _apart(tree: exp.Expr) -> None:
    """Put a comparison that is selected into parentheses: SQL Server's `a = 'x'` names a column."""
    for query in tree.find_all(exp.Select):
        for item in query.expressions:
            if isinstance(item, exp.EQ):
                item.replace(exp.Paren(this=item.copy()))


def _limit(tree: exp.Expr, target: Dialect) -> None:
    """Give OFFSET a LIMIT where it needs one."""
    for offset in tree.find_all(exp.Offset) if target.most_rows else ():
        query = offset.parent
        if query and not query.args.get("limit"):
            query.set("limit", exp.Limit(expression=exp.Literal.number(target.most_rows)))


def _recurse(tree: exp.Expr, target: Dialect) -> None:
    """Write RECURSIVE where a query names itself, unless there is no such word. Raises Refused."""
    for query in filter(recurs, tree.find_all(exp.CTE)):
        ends = any(query.this.args.get(name) for name in ("limit", "offset", "order"))
        if ends and not target.recursion_takes_limits:
            raise lacks(target, "LIMIT or ORDER BY in a recursion: write it behind")
    for clause in tree.find_all(exp.With) if target.recursive != "none" else ():
        if any(map(recurs, clause.expressions)):
            clause.set("recursive", True)
