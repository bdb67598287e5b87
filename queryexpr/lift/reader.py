"""What the functions that read sqlglot's tree share: dispatch, refusal, places."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import MAX_DEPTH, Node, Null
from queryexpr.issues import Issue, Refused
from queryexpr.lift.refusals import place_of_words, sentence, variable

MAX_UNLISTED = 9  # functions that are reported: each is compared with all that may be called
Reading = Callable[["Reader", Any], Any]
TOO_DEEP = Issue(
    "too_deep", f"The query is nested over {MAX_DEPTH} levels deep. Split it with WITH."
)


class Reader:
    """Reads one query. `places` and `quoted` are as in `lift.Lifted`."""

    def __init__(
        self,
        dialect: Dialect,
        values: dict[type[exp.Expr], Reading],
        queries: dict[type[exp.Expr], Reading],
        sql: str = "",
    ) -> None:
        self.sql = sql
        self.unlisted: list[Issue] = []  # about functions that may not be called
        self.dialect = dialect
        self.places: dict[int, int] = {}
        self.quoted: set[int] = set()
        self.windows: dict[str, exp.Expr] = {}  # of the query block that is being read
        self._values = values
        self._queries = queries
        self._depth = 0

    def value(self, node: exp.Expr) -> Any:
        """Return the value expression that `node` is. Raises Refused."""
        return self._read(self._values, node)

    def values(self, nodes: list[exp.Expr]) -> tuple[Any, ...]:
        """Return the value expressions that `nodes` are."""
        return tuple(self.value(node) for node in nodes)

    def maybe(self, node: exp.Expr | None) -> Any:
        """Return the value expression that `node` is; None for None, and a Null for NULL."""
        if node is None:
            return None
        value = self.value(node)
        return Null(null=True) if value is None else value

    def query(self, node: exp.Expr) -> Any:
        """Return the query, or the source in FROM, that `node` is. Raises Refused."""
        return self._read(self._queries, node)

    def _read(self, table: dict[type[exp.Expr], Reading], node: exp.Expr | None) -> Any:
        if node is None:  # sqlglot reads CEIL() as CEIL of nothing
            raise Refused(Issue("operands", "A function in the query lacks an operand."))
        read = table.get(type(node))
        if read is None:
            raise self.refuse(node)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(TOO_DEEP)
        lifted = read(self, node)
        self._depth -= 1
        if isinstance(lifted, Node):
            self.places[id(lifted)] = place(node)
        return lifted

    def only(self, node: exp.Expr, *known: str) -> None:
        """Raise Refused if a part of `node` is set that its reader does not know."""
        for name, part in node.args.items():
            if part and name not in known:
                raise self.refuse(node, name.rstrip("_"))

    def note(self, refused: Refused) -> None:
        """Keep an error until the whole query was read: it may have others. Raises one too many."""
        if len(self.unlisted) == MAX_UNLISTED:
            raise refused
        self.unlisted += refused.issues

    def refuse(self, node: exp.Expr, part: str = "") -> Refused:
        """Return the error that names what is not understood."""
        mark = variable(node, self.sql, self.dialect)
        text = mark[0] if mark else excerpt(node, self.dialect)
        message = sentence(node, part, text)
        if not message:
            what = f"{part} in {_words(node)}" if part else _words(node)
            message = f"{what} cannot be written as a query expression: {text}"
        line = mark.start() if mark else self._place(node)
        return Refused(Issue("not_supported", message, line=line))

    def wrong(self, code: str, message: str, node: exp.Expr, **more: Any) -> Refused:
        """Return an error about `node`. `line` is an offset until `lift` turns it into a place."""
        return Refused(Issue(code, message, line=self._place(node), **more))

    def _place(self, node: exp.Expr) -> int:
        """Return the offset of `node`; sqlglot keeps none for words of its own."""
        start = place(node)
        if start:
            return start
        return place_of_words(excerpt(node, self.dialect), self.sql, self.dialect) or 0


def placed(issue: Issue, sql: str) -> Issue:
    """Return `issue` with a line and a column for the offset that a Reader left in `line`."""
    before = sql[: issue.line or 0]
    return replace(issue, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def place(node: exp.Expr) -> int:
    """Return the offset of the first character of `node`, or of the first of its parts."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    return min(starts, default=0)


def excerpt(node: exp.Expr, dialect: Dialect) -> str:
    """Return the beginning of the SQL of `node`."""
    try:
        sql = " ".join(node.sql(dialect=dialect.name, comments=False).split())
    except Exception:  # what it cannot write needs no excerpt
        return type(node).__name__
    return sql if len(sql) <= 60 else f"{sql[:59]}…"


def _words(node: exp.Expr) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()
