"""Suites on tables: everything compiled in one pass, a shuffle for each set of keys, the rest by Great Expectations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from lakeward.quality import file_statistics
from lakeward.quality.compiled import Answers, Compiled, Grouping, InOrder, Measure, Question
from lakeward.quality.compiler import compiled
from lakeward.quality.expect import Expectation
from lakeward.quality.passing import Passing
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled
from lakeward.quality.watched import ROWS, Watched, by_nulls, numbers, told

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row
    from pyspark.sql.types import StructType


@dataclass(frozen=True, slots=True)
class Checks:
    """A suite, compiled for a table.

    Args:
        suite: the expectations, in order.
        ready: those that are compiled, by their place in the suite.
        left: why the others are left to GX's own engine, by their place.
    """

    suite: tuple[Expectation, ...]
    ready: Mapping[int, Compiled]
    left: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, suite: Sequence[Expectation], types: Mapping[str, str]) -> Checks:
        """Compile a suite; nothing is read."""
        ready, left = {}, {}
        for place, expectation in enumerate(suite):
            try:
                ready[place] = compiled(expectation, types)
            except NotCompiled as why:
                left[place] = str(why)
        return cls(tuple(suite), ready, left)

    @classmethod
    def for_frame(cls, suite: Sequence[Expectation], schema: StructType) -> Checks:
        """Compile a suite for a frame's columns."""
        return cls.of(suite, types_of(schema))

    def explained(self) -> list[str]:
        """Say what checking takes: passes over the data, shuffles, and what is left to GX."""
        measures = self.questions[0]
        said = [f"1 pass over the rows for {len(self.ready)} expectations: {len(measures)} numbers"] if measures else []
        return said + self.beyond_the_pass() or ["nothing to check"]

    def beyond_the_pass(self, known: Collection[Question] = ()) -> list[str]:
        """Say what checking takes besides the pass, for what is not `known` anyhow."""
        _, groupings, in_order = self.questions
        keys = dict.fromkeys((each.by, each.where) for each in groupings if each not in known)
        said = [f"1 shuffle by {', '.join(by)}{f' where {where}' if where else ''}" for by, where in keys]
        said += [f"1 look at the rows in their order for {each.value}" for each in in_order]
        said += ["1 more look for what rests on those numbers"] * any(each.again for each in self.ready.values())
        return said + [
            f"Great Expectations' own engine for {self.suite[n].type}: {why}" for n, why in self.left.items()
        ]

    @property
    def questions(self) -> tuple[list[Measure], list[Grouping], list[InOrder]]:
        """What must be known at first: by a pass over the rows, by a shuffle, and by their order."""
        return _questions(self.ready.values())

    def run(self, frame: DataFrame) -> list[Result]:
        """Check a frame."""
        return self.after(frame, {})

    def watched(self, frame: DataFrame, counted: Iterable[str] = ()) -> Watched:
        """Have the numbers, and the rows, counted by whatever action reads the frame, such as a write.

        Args:
            frame: the rows.
            counted: columns of which that action itself notes the ends and the rows without a value, as Delta does.
        """
        from pyspark.sql import Observation

        counted, types = tuple(counted), types_of(frame.schema)
        noted = {ROWS, *by_nulls(0, dict.fromkeys(counted, 0))}
        noted |= file_statistics.answerable(types, counted, self.questions[0])
        asked = (ROWS, *(each for each in self.questions[0] if each not in noted))
        passing = Passing(frame, asked)
        others = tuple(each for each in asked if each not in passing)
        observation = Observation() if others else None
        watched = passing.frame.observe(observation, *numbers(others)) if observation else passing.frame
        return Watched(watched, asked, tuple(noted), types, passing, others, observation)

    def after(self, frame: DataFrame, known: Answers) -> list[Result]:
        """Give the results, once the numbers of the pass are known; `frame` answers what is left to ask."""
        results = self._judged(lambda: frame, known) | self.by_gx(frame)
        return [results[place] for place in range(len(self.suite))]

    def by_gx(self, frame: DataFrame) -> dict[int, Result]:
        """Give the results of what is left to GX's own engine, by their place; without such, GX is not loaded."""
        if not self.left:
            return {}
        from lakeward.quality.through_gx import check

        return dict(zip(self.left, check(frame, [self.suite[place] for place in self.left]), strict=True))

    def after_each(self, frame: DataFrame, per: str, known: Mapping[str, Answers]) -> dict[str, list[Result]]:
        """Give the results for the rows of each value of a column as for a table of its own, all in the same shuffles.

        Expectations that are left to GX are not looked at.

        Args:
            frame: all rows.
            per: the column.
            known: its values, and what is known of the rows of each; one without a row is an empty table.
        """
        measures, groupings, _ = self.questions
        unknown = [each for each in measures if any(each not in told for told in known.values())]
        in_groups = [each for each in groupings if any(each not in told for told in known.values())]
        found = _asked(frame, unknown, per), _shuffled(frame, in_groups, per)
        results = {}
        for key, answered in known.items():
            answers = nothing([*unknown, *in_groups]) | found[0].get(key, {}) | found[1].get(key, {}) | dict(answered)
            of_key = self._judged(partial(_of, frame, per, key), answers)
            results[key] = [of_key[place] for place in self.ready]
        return results

    def _judged(self, rows: Callable[[], DataFrame], known: Answers) -> dict[int, Result]:
        """Ask what is not known yet, until every compiled expectation has its verdict.

        Mostly nothing is left to ask, and to make a frame of each of a thousand deliveries takes minutes.
        """
        results: dict[int, Result] = {}
        waiting, answers = dict(self.ready), dict(known)
        while waiting:
            measures, groupings, in_order = _questions(waiting.values(), answers)
            if measures or groupings or in_order:
                frame = rows()
                answers |= _asked(frame, measures).get(None, {})
                answers |= _shuffled(frame, groupings).get(None, {})
                answers |= _walked(frame, in_order)
            verdicts = {place: each.judge(answers) for place, each in waiting.items()}
            results |= {place: each for place, each in verdicts.items() if isinstance(each, Result)}
            waiting = {place: each for place, each in verdicts.items() if isinstance(each, Compiled)}
        return results


def _of(frame: DataFrame, per: str, key: str) -> DataFrame:
    from pyspark.sql import functions as F

    return frame.where(F.col(per) == key)


def _questions(
    compiled: Iterable[Compiled], known: Collection[Question] = ()
) -> tuple[list[Measure], list[Grouping], list[InOrder]]:
    """List what must be asked beyond what is known, each question once."""
    asked = dict.fromkeys(question for each in compiled for question in each.questions if question not in known)
    measures = [each for each in asked if isinstance(each, Measure)]
    groupings = [each for each in asked if isinstance(each, Grouping)]
    return measures, groupings, [each for each in asked if isinstance(each, InOrder)]


def types_of(schema: StructType) -> dict[str, str]:
    """Give a frame's columns and their types, in Spark's short words."""
    return {field.name: field.dataType.simpleString() for field in schema.fields}


def nothing(questions: Sequence[Measure | Grouping]) -> dict[Question, Any]:
    """Give what is known of no rows: counts are 0, all else is unknown."""
    measures = {each: each.measure if isinstance(each, Grouping) else each for each in questions}
    return {each: 0 if measure.sql.startswith("count") else None for each, measure in measures.items()}


def _asked(frame: DataFrame, measures: Sequence[Measure], per: str = "") -> dict[str | None, dict[Question, Any]]:
    """Ask for numbers in one pass, for each value of `per` where there is one."""
    if not measures:
        return {}
    rows = frame.groupBy(*([per] if per else [])).agg(*numbers(measures)).collect()
    return {_key(row, per): told(row, measures) for row in rows}


def _shuffled(
    frame: DataFrame, groupings: Sequence[Grouping], per: str = ""
) -> dict[str | None, dict[Question, Any]]:  # fmt: skip
    """Ask for what needs the rows in groups: one shuffle for all that share their groups."""
    from pyspark.sql import functions as F

    together: dict[tuple[tuple[str, ...], str], list[Grouping]] = {}
    for each in groupings:
        together.setdefault((each.by, each.where), []).append(each)
    keys = [per] if per else []
    answers: dict[str | None, dict[Question, Any]] = {}
    for (by, where), asked in together.items():
        rows = frame.where(where) if where else frame
        groups = rows.groupBy(*keys, *(F.expr(sql).alias(f"_{n}") for n, sql in enumerate(by, start=1)))
        found = groups.agg(F.count("*").alias("_rows")).groupBy(*keys).agg(*numbers([each.measure for each in asked]))
        for row in found.collect():
            answers.setdefault(_key(row, per), {}).update({each: row[f"q{n}"] for n, each in enumerate(asked)})
    return answers


def _walked(frame: DataFrame, asked: Sequence[InOrder]) -> dict[Question, Any]:
    """Ask for what needs the rows in their order, in one partition; as GX does."""
    from pyspark.sql import functions as F

    answers: dict[Question, Any] = {}
    for each in asked:
        rows = frame.where(each.where) if each.where else frame
        row = rows.select(F.expr(each.value).alias("_1")).agg(F.expr(each.measure.text())).first()
        answers[each] = row[0] if row else None
    return answers


def _key(row: Row, per: str) -> str | None:
    return row[per] if per else None
