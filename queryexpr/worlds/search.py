"""The search for a tiny database on which two queries differ."""

from __future__ import annotations

import datetime
import time

from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import QueryExpression
from queryexpr.issues import Refused
from queryexpr.schema.catalogue import Catalogue
from queryexpr.worlds.prepared import engines, prepared
from queryexpr.worlds.rows import random_world
from queryexpr.worlds.shrinking import OutOfTime, smaller
from queryexpr.worlds.telling import plainer, sentence, shown_tables
from queryexpr.worlds.trial import Trial
from queryexpr.worlds.world import Example, Found, World

SECONDS = 2.0
MAX_WORLDS = 20_000
MAX_UNSURE = 50  # worlds that seemed to differ, and did not when they were run again
SEARCHING = 0.8  # of the time; the rest is for making what is found small
ON_HIDDEN = 0.5  # how often rows are added to a world on which one of the results is empty
TODAY = datetime.date(2024, 6, 15)


def tell_apart(
    one: QueryExpression,
    other: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue,
    *,
    seconds: float = SECONDS,
    worlds: int = MAX_WORLDS,
    must_show: bool = False,
    today: datetime.date = TODAY,
) -> Found:
    """Look for a world on which two checked queries differ, and return the smallest that is near.

    A portable query is one of `dialect`. With `must_show`, a world where one of the results has
    only nulls, or no row, is returned only if no other is found in time. The worlds depend on
    nothing but the arguments; how many of them are tried also depends on the time.
    """
    began, reasons = time.monotonic(), []
    for target in engines(dialect):
        try:
            queries = prepared((one, other), dialect, catalogue, today, target)
            if queries[0].sql == queries[1].sql:
                return Found(None, "Both are the same SQL.")
            trial = Trial(queries, catalogue, target)
        except Refused as refused:
            reasons.append(refused.issues[0].message)
            continue
        with trial:
            return _Search(trial, began, seconds, must_show).run(worlds)
    return Found(None, f"These queries cannot be tried on small worlds: {reasons[0]}")


class _Search:
    """One search, with its limits."""

    def __init__(self, trial: Trial, began: float, seconds: float, must_show: bool) -> None:
        self._trial = trial
        self._must_show = must_show
        self._began = began
        self._seconds = seconds
        self._hidden: World | None = None  # where they differ, and one of the results is empty

    def run(self, worlds: int) -> Found:
        tried, unsure = 0, 0
        while tried < worlds and self._left(SEARCHING) and unsure < MAX_UNSURE:
            tried += 1
            world = self._next()
            if world is None or not self._trial.may_differ(world):
                continue
            if self._must_show and not self._trial.shows(world):
                self._keep(world)
            elif example := self._example(world, self._must_show):
                return self._found(example, tried)
            else:
                unsure += 1
        example = self._example(self._hidden, False) if self._hidden else None
        return self._found(example, tried)

    def _next(self) -> World | None:
        """Return another world: one to which others are added, or a new one."""
        trial = self._trial
        base = self._hidden if trial.rng.random() < ON_HIDDEN else None
        return random_world(trial.tables, trial.choices, trial.count, trial.rng, base)

    def _keep(self, world: World) -> None:
        """Keep the first world on which the queries differ, though a result shows nothing."""
        if self._hidden is None and self._trial.differs(world):
            self._hidden = world

    def _example(self, world: World, shown: bool) -> Example | None:
        """Return what is left of a world, as an example; None if it does not differ after all."""
        if not self._trial.differs(world):
            return None

        def suits(world: World) -> bool:
            return (not shown or self._trial.shows(world)) and self._differs(world)

        trial = self._trial
        world = smaller(world, trial.tables, suits)
        world, words = plainer(world, trial, self._differs, suits)
        if not trial.again(world):
            return None
        results = trial.results(world)
        tables = shown_tables(world, trial.tables, trial.hints)
        return Example(tables, results, sentence(words, results), trial.shows(world))

    def _differs(self, world: World) -> bool:
        """Do the queries differ on the world? Raises OutOfTime."""
        if not self._left(1):
            raise OutOfTime
        return self._trial.may_differ(world) and self._trial.differs(world)

    def _found(self, example: Example | None, tried: int) -> Found:
        said = example.sentence if example else self._trial.failure
        said = said or f"No difference was found in {tried:,} small worlds."
        searched = tried > 0 and not self._trial.failure
        return Found(example, said, tried, self._trial.engine, searched)

    def _left(self, part: float) -> bool:
        """Is that part of the time not over yet?"""
        return time.monotonic() - self._began < self._seconds * part
