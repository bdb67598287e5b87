"""Two queries and an engine, with all that is needed to try worlds on them."""

from __future__ import annotations

import random
import zlib
from contextlib import AbstractContextManager
from typing import Any

from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Item, QueryExpression, Select
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.flat import flat_sql
from queryexpr.worlds.hints import collect
from queryexpr.worlds.layout import layouts
from queryexpr.worlds.names import Names
from queryexpr.worlds.outcomes import difference, may_differ, plain, shows
from queryexpr.worlds.pools import pools
from queryexpr.worlds.prepared import Query
from queryexpr.worlds.running import Engine, Failed, Result, engine
from queryexpr.worlds.world import Rows, Value, World

Pair = tuple[Query, Query]
RUNS, RUNS_TO_BE_SURE = (3, 10), (5, 30)  # of both queries: without ties, and with some


class Trial(AbstractContextManager["Trial"]):
    """What two queries return on worlds. Leaving it closes the engine.

    Raises Refused if no such engine is installed, or it does not take the queries.
    """

    def __init__(self, queries: Pair, catalogue: Catalogue, dialect: Dialect) -> None:
        used = {table for query in queries for table in Names(query.checked).tables()}
        self.tables = layouts(catalogue, used)
        self.failure = ""  # why no world could be tried; empty once one was
        self._queries = queries
        self._dialect = dialect
        self._seed = zlib.crc32("\n".join(query.sql for query in queries).encode())
        self._engine = self._new_engine(0)
        self._check()
        self._ran = False
        one, other = queries
        self.hints = collect(
            one.checked, other.checked, lambda node: self._compute(node, catalogue)
        )
        self.choices = pools(self.tables, self.hints)
        self.rng = random.Random(self._seed)  # noqa: S311

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    @property
    def engine(self) -> str:
        """The engine's name, for people."""
        return self._engine.name

    @property
    def count(self) -> int:
        """How many rows the queries count, at most."""
        return max(self.hints.counts, default=0)

    def may_differ(self, world: World) -> bool:
        """Do both queries run on the world, and return something else?"""
        try:
            results = self._run(world)
        except Failed as error:
            self.failure = "" if self._ran else f"{self.engine} does not run them: {error}"
            return False
        self._ran, self.failure = True, ""
        return may_differ(*results, self._queries)

    def differs(self, world: World) -> bool:
        """Do they differ in what they say, and not only in what is left to the engine?"""
        return self._differs(self._engine, world, self.rng)

    def again(self, world: World) -> bool:
        """Do they differ on an engine of its own, with ties broken in other ways?"""
        other = self._new_engine(1)
        try:
            rng = random.Random(self._seed + 1)  # noqa: S311
            return self._differs(other, world, rng, sure=True)
        finally:
            other.close()

    def shows(self, world: World) -> bool:
        """Have both results a row that is not null?"""
        try:
            return all(map(shows, self._run(world)))
        except Failed:
            return False

    def results(self, world: World) -> tuple[Rows, Rows]:
        """Return what both queries return on the world."""
        first, second = self._run(world)
        one, other = (self._engine.columns(query.sql) for query in self._queries)
        return Rows(one, plain(first)), Rows(other, plain(second))

    def _run(self, world: World) -> tuple[Result, Result]:
        self._engine.load(world)
        first, second = (self._engine.run(query.sql) for query in self._queries)
        return first, second

    def _differs(
        self, engine: Engine, world: World, rng: random.Random, *, sure: bool = False
    ) -> bool:
        runs = RUNS_TO_BE_SURE if sure else RUNS
        try:
            return bool(difference(engine, world, self._queries, rng, runs, sure=sure))
        except Failed:
            return False

    def _new_engine(self, number: int) -> Engine:
        try:
            return engine(self._dialect, self.tables, self._seed + number)
        except ImportError:
            raise Refused(Issue("worlds", f"{self._dialect.title} is not installed.")) from None

    def _check(self) -> None:
        """Raise Refused if the engine does not take the queries, even for no rows."""
        try:
            self._run({table.name: [] for table in self.tables})
        except Failed as error:
            self._engine.close()
            raise Refused(Issue("worlds", f"{self.engine} rejects them: {error}.")) from None

    def _compute(self, node: Any, catalogue: Catalogue) -> Value:
        """Return the value of an expression that reads no table; None if there is none."""
        query = QueryExpression.model_construct(
            dialect=self._dialect.name, query=Select(select=(Item(expr=node),))
        )
        try:
            rows = self._engine.run(flat_sql(query, self._dialect, catalogue))
        except (Refused, Failed):
            return None
        return plain(rows)[0][0] if len(rows) == 1 else None
