"""
Query expression → SQL, in any of the dialects.

A portable query, and one that goes back to the dialect that it was lifted from, is written
directly. One that was lifted from another dialect is written there, translated by sqlglot, which
knows what `/` and NULLS mean in both, and read again. A function that the other dialect lacks is
an error then, and not text that is passed on.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp, parse_one
from sqlglot.errors import ErrorLevel, SqlglotError

from queryexpr.build.aggregates import statistic
from queryexpr.build.builder import Builder
from queryexpr.build.changes import changed
from queryexpr.build.nested import check_nested, nested
from queryexpr.build.patterns import like_as
from queryexpr.build.queries import QUERIES
from queryexpr.build.truth import truth
from queryexpr.build.typed import by_types
from queryexpr.build.values import VALUES
from queryexpr.build.words import check_words, format_last, reworded
from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import grammar, plain_grammar
from queryexpr.expression import QueryExpression
from queryexpr.issues import Issue, Refused, errors
from queryexpr.lift.lift import lift
from queryexpr.lift.queries import recurs
from queryexpr.schema.catalogue import Catalogue

# sqlglot's pretty printer writes this for a line break in a text, and restores the break at the
# end. A name that contains it would leave its quotes.
LINE_BREAK = "__SQLGLOT__"


def compile_sql(
    expression: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue | None = None,
    *,
    pretty: bool = False,
) -> str:
    """Return the SQL of a checked query. Raises Refused if the dialect cannot express it."""
    builder = Builder(dialect, catalogue, VALUES, QUERIES)
    query = in_dialect(expression, dialect, catalogue).query
    return emit(_with_dual(builder.query(query), dialect), dialect, pretty=pretty)


def _with_dual(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Write FROM DUAL where there is no FROM, for a dialect that needs it."""
    for select in tree.find_all(exp.Select) if dialect.needs_dual else ():
        if not select.args.get("from_"):
            select.set("from_", exp.From(this=exp.table_("DUAL")))
    return tree


def in_dialect(
    expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None = None
) -> QueryExpression:
    """Return the query as one that `dialect` understands. Raises Refused if it cannot."""
    source = DIALECTS.get(expression.dialect or dialect.name, dialect)
    return expression if source is dialect else translate(expression, source, dialect, catalogue)


def emit(tree: exp.Expr, dialect: Dialect, *, pretty: bool = False) -> str:
    """Return the SQL of sqlglot's tree, without comments. Raises Refused."""
    try:
        sql = _written(tree, dialect, pretty=False)
        if pretty and LINE_BREAK in sql:
            raise Refused(Issue("name", "A name or a text in the query cannot be written."))
        return _written(tree, dialect, pretty=True) if pretty else sql
    except (SqlglotError, ValueError) as error:
        message = f"{dialect.title} cannot say this: {str(error).partition(chr(10))[0][:200]}"
        raise Refused(Issue("dialect", message)) from None


def _written(tree: exp.Expr, dialect: Dialect, *, pretty: bool) -> str:
    return tree.sql(
        dialect=plain_grammar(dialect), comments=False, pretty=pretty,
        unsupported_level=ErrorLevel.RAISE,
    )  # fmt: skip


def translate(
    expression: QueryExpression, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> QueryExpression:
    """Return a query that was lifted from `source` as one of `target`. Raises Refused."""
    check_nested(expression.query, source, target)
    builder = Builder(source, None, VALUES, QUERIES)
    sql = emit(builder.query(expression.query), source)
    try:
        tree = parse_one(sql, read=grammar(source))
        if any(
            not isinstance(one.this, exp.Literal | exp.Neg) for one in tree.find_all(exp.Interval)
        ):
            _check_interval(target)
        _check_distinct(tree, target)
        _check_qualify(tree, target)
        tree = tree.transform(format_last).transform(nested, source, target)
        check_words(tree, source, target)
        tree = by_types(tree, source, target, catalogue)
        tree = changed(tree.transform(truth, target), _same_case, source, target)
        tree = tree.transform(statistic, source, target).transform(_crossed)
        tree = changed(tree, reworded, source, target)
        _limit(tree, target)
        for clause in tree.find_all(exp.With):
            if target.recursive != "none" and any(map(recurs, clause.expressions)):
                clause.set("recursive", True)
        written = emit(tree, target)
    except Refused:
        raise
    except Exception:  # sqlglot raises more than its own errors for operands that are odd
        message = f"{source.title}'s query cannot be translated to {target.title}."
        raise Refused(Issue("dialect", message)) from None
    final = lift(written, target).expression
    # Names as the schema spells them, and no alias where the dialect does not see one.
    checked = check(final, target, catalogue, strict_groups=False)
    if wrong := [i for i in errors(checked.issues) if i.code == "type_mismatch"]:
        raise Refused(*(replace(issue, pointer="") for issue in wrong))
    return checked.expression


def _crossed(node: exp.Expr) -> exp.Expr:
    """Write CROSS JOIN for a comma, which binds as strongly as JOIN in SQLite only."""
    if isinstance(node, exp.Join) and not any(
        node.args.get(key) for key in ("side", "kind", "method", "on", "using")
    ):
        node.set("kind", "CROSS")
    return node


def _limit(tree: exp.Expr, target: Dialect) -> None:
    """Give OFFSET a LIMIT where it needs one."""
    for offset in tree.find_all(exp.Offset) if target.most_rows else ():
        query = offset.parent
        if query and not query.args.get("limit"):
            query.set("limit", exp.Limit(expression=exp.Literal.number(target.most_rows)))


def _check_interval(target: Dialect) -> None:
    """Refuse a computed length of time, which few dialects have."""
    if not target.computed_intervals:
        raise Refused(Issue("dialect", f"{target.title} has no INTERVAL of a computed number."))


def _check_qualify(tree: exp.Expr, target: Dialect) -> None:
    """Refuse QUALIFY where there is none: sqlglot's query in place of it shows a column more."""
    if not target.qualify and tree.find(exp.Qualify):
        raise Builder(target, None, VALUES, QUERIES).lacks("QUALIFY")


def _check_distinct(tree: exp.Expr, target: Dialect) -> None:
    """Refuse DISTINCT ON where there is none: sqlglot would lose the order of the rows."""
    lacks = not target.distinct_on
    if lacks and any(distinct.args.get("on") for distinct in tree.find_all(exp.Distinct)):
        raise Builder(target, None, VALUES, QUERIES).lacks("DISTINCT ON")


def _same_case(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Keep what LIKE means where the dialects differ in whether it minds case."""
    if type(node) is not exp.Like or source.like_minds_case == target.like_minds_case:
        return node
    if source.sets_in_patterns and "[" in node.expression.name:
        raise Refused(Issue("dialect", f"{target.title} has no [ ] in the pattern of LIKE."))
    builder = Builder(target, None, VALUES, QUERIES)
    changed = like_as(builder, node.this, node.expression, source.like_minds_case)
    return exp.Not(this=changed) if node.args.get("negate") else changed
