"""Good rows that are in no table because another delivery took their place, told so that nobody has to miss them.

A delivery is taken for all of the periods or parts it holds. Where an agency cuts a year into two files, or a file of
one year has two rows of the year before, that takes rows away which nothing else brings back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import delta
from lakeward.lake.tuned import tuned
from lakeward.pipelines.dataset import Dataset, ReplacePart, ReplacePeriod
from lakeward.quality.sql import sql_in

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from lakeward.jobs.combine import Task

SHOWN = 3
NEAR = {"spark.databricks.delta.stats.skipping": "true"}
"""While rows of some days are looked for: files that hold none of them are not opened."""
Lost = tuple[str, str, int]
"""A file, a period of it that another delivery holds too, and how many rows of it."""


def within(good: DataFrame, task: Task, winners: Mapping[str, str]) -> list[str]:
    """Tell which rows of deliveries that come together give way to others of them.

    Args:
        good: good rows with `_sha256` and `_period`.
        task: what is being validated.
        winners: the delivery that each period is taken from, where several hold it.
    """
    counts = good.groupBy("_sha256", "_period").count().collect()
    lost = [(task.entries[each["_sha256"]].file, each["_period"], each["count"]) for each in counts
            if each["_sha256"] != winners.get(each["_period"], each["_sha256"])]  # fmt: skip
    return _told(lost, task, winners)


@dataclass(frozen=True, slots=True)
class Place:
    """The rows of a table in whose place others come.

    Args:
        condition: which rows, in SQL.
        is_empty: whether the table's log tells already that there are none.
    """

    condition: str
    is_empty: bool

    @classmethod
    def of(cls, path: Path, dataset: Dataset, way: ReplacePeriod | ReplacePart, parts: Collection[str]) -> Place:
        """Look where periods or parts lie in a table; new days mostly lie after all that its files hold."""
        condition = sql_in(way.part, parts)
        if not parts or isinstance(way, ReplacePart) or dataset.types[way.column] != "date":
            return cls(condition, is_empty=not parts)
        days = way.days(parts)
        near = f"{way.column} between date'{days[0]}' and date'{days[1]}'"
        return cls(f"{near} and {condition}", is_empty=not delta.files_between(path, {way.column: days}))


def before(spark: SparkSession, path: Path, task: Task, place: Place, winners: Mapping[str, str]) -> list[str]:
    """Tell which rows of a table give way to deliveries of another name; those of a file re-issued as it was do not.

    Args:
        spark: the session.
        path: the table's folder.
        task: what is being validated.
        place: the rows that give way.
        winners: the delivery that each period is taken from.
    """
    from pyspark.sql import functions as F

    way = task.dataset.combine
    if not isinstance(way, ReplacePeriod | ReplacePart):
        return []
    held = spark.read.format("delta").load(str(path)).where(place.condition)
    with tuned(spark, NEAR):
        counts = held.groupBy("_file", F.expr(way.part).alias("_period")).count().collect()
    lost = [(each["_file"], each["_period"], each["count"]) for each in counts]
    return _told([each for each in lost if each[0] != task.entries[winners[each[1]]].file], task, winners)


def _told(lost: Iterable[Lost], task: Task, winners: Mapping[str, str]) -> list[str]:
    pairs: dict[tuple[str, str], list[Lost]] = {}
    for each in sorted(lost):
        pairs.setdefault((each[0], task.entries[winners[each[1]]].file), []).append(each)
    way = task.dataset.combine
    whole = f"a {way.unit}" if isinstance(way, ReplacePeriod) else "its part" if isinstance(way, ReplacePart) else "it"
    said = []
    for (loser, winner), gone in pairs.items():
        names = [period for _, period, _ in gone if period]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        of = f" of {', '.join(names[:SHOWN])}{more}" if names else ""
        rows = sum(count for _, _, count in gone)
        said.append(
            f"{loser}: {rows:,} good rows{of} gave way to {winner}, as each delivery is taken for all of {whole}; "
            "if both are meant, put them into one file"
        )
    return said
