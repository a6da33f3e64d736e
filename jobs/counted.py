"""What one pass over checked rows tells of each delivery: its rows, reasons, periods and corrections, and its suite.

Rows are grouped by delivery and reasons. The group without a reason is what silver would hold, so that the suite's
numbers of good rows are that group's own; what is asked of all rows are counts, which add up over the groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeward.jobs.bulk import is_long
from lakeward.jobs.combine import Task
from lakeward.lake.in_memory import COMPILED
from lakeward.lake.tuned import tuned
from lakeward.pipelines.dataset import Correction, Dataset, ReplacePart, ReplacePeriod
from lakeward.pipelines.typed import DELIVERY, FOOTER, setting_aside
from lakeward.quality.compiled import REPEATS, Answers, Grouping, Question
from lakeward.quality.engine import Checks, nothing
from lakeward.quality.gate import Tally
from lakeward.quality.profile import Profile, measures, profiles
from lakeward.quality.sql import name
from lakeward.quality.watched import ROWS, Measures, numbers, told

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


@dataclass(slots=True)
class Validated:
    """What came out of some deliveries.

    Args:
        tallies: what was counted in each, by sha256.
        refused: why some were refused whole.
        footers: how many remarks below the data were set aside.
        fixes: how many rows each correction `fixed`, and how many it found `mended` by the agency.
        profiles: what each column of each delivery looks like in its good rows, by sha256.
        drift: in what deliveries are unlike the last good ones.
        displaced: whose good rows gave way to another delivery.
        periods: which deliveries hold good rows of each period, where periods replace each other.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    footers: int = 0
    fixes: dict[Correction, Counter[str]] = field(default_factory=dict)
    periods: dict[str, set[str]] = field(default_factory=dict)
    profiles: dict[str, dict[str, Profile]] = field(default_factory=dict)
    drift: list[str] = field(default_factory=list)
    displaced: list[str] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        """What a person should know, though it stops nothing."""
        kept = sum((tally.warnings for tally in self.tallies.values()), Counter[str]())
        said = [f"{reason} ({count:,} rows kept)" for reason, count in kept.most_common()]
        said += dict.fromkeys(each for tally in self.tallies.values() for each in tally.remarks)
        for each, rows in self.fixes.items():
            if rows["fixed"]:
                said.append(f"{each.column}: {rows['fixed']:,} rows corrected: {each.reason}")
            if rows["mended"]:
                said.append(
                    f"{each.column}: {rows['mended']:,} rows no longer hold {each.found!r}, which is corrected since "
                    f"{each.on}: the agency seems to have mended them, so take the correction out"
                )
        return said + self.displaced + self.drift

    @property
    def written(self) -> int:
        """Rows that went to silver."""
        return sum(tally.kept for sha256, tally in self.tallies.items() if sha256 not in self.refused)

    @property
    def read(self) -> int:
        """Rows that were delivered."""
        return sum(tally.read for tally in self.tallies.values())

    @property
    def counts(self) -> dict[str, Any]:
        """What the run's report says of it, named as in `Step`."""
        reasons = Counter[str]()
        for sha256, tally in self.tallies.items():
            reasons += tally.reasons
            if sha256 in self.refused:
                reasons["delivery refused whole"] += tally.kept
        return {
            "deliveries": len(self.tallies),
            "rows_read": self.read,
            "rows_written": self.written,
            "rows_quarantined": self.read - self.written,
            "rows_footer": self.footers,
            "reasons": dict((+reasons).most_common()),
        }


@dataclass(frozen=True, slots=True)
class Suites:
    """A data set's suite in its two parts.

    Args:
        setting: the critical rules on rows, which speak of all rows, for they send the bad ones to quarantine.
        others: everything else, which speaks of the rows that are kept.
    """

    setting: Checks
    others: Checks

    @classmethod
    def of(cls, dataset: Dataset) -> Suites:
        """Compile the suite of a data set."""
        setting = [rule.expectation for rule in setting_aside(dataset)]
        others = [rule for rule in dataset.suite if rule not in setting]
        return cls(Checks.of(setting, dataset.types), Checks.of(others, dataset.types))

    @property
    def measures(self) -> Measures:
        """List every number that the pass is to find."""
        return tuple(dict.fromkeys((ROWS, *self.setting.questions[0], *self.others.questions[0])))

    def by_key(self, dataset: Dataset) -> dict[Grouping, Any]:
        """Tell what is known without a shuffle: rows that repeat the key are set aside, so no good ones are left."""
        key = {name(column) for column in dataset.key}
        groupings = self.others.questions[1] if key else ()
        return {each: 0 for each in groupings if each.measure == REPEATS and key <= set(each.by)}


def counted(rows: DataFrame, task: Task) -> Validated:
    """Count and measure each delivery in one aggregation, save for the parts of its suite that need a shuffle or GX."""
    suites, corrections = Suites.of(task.dataset), task.dataset.corrections
    result = Validated({sha256: Tally() for sha256 in task.entries}, fixes={each: Counter() for each in corrections})
    of_all: dict[str, Counter[Question]] = {sha256: Counter() for sha256 in task.entries}
    asked = tuple(dict.fromkeys((*suites.measures, *measures(task.dataset.types))))
    of_kept = {sha256: nothing(asked) | suites.by_key(task.dataset) for sha256 in task.entries}
    shas = list(task.entries)
    for row in _groups(rows, task, asked):
        found, sha256 = told(row, asked), shas[row[DELIVERY]]
        if row["_reasons"] == [FOOTER]:
            result.footers += found[ROWS]
            continue
        _tally(result, sha256, row, found[ROWS])
        of_all[sha256].update({each: found[each] for each in (ROWS, *suites.setting.questions[0])})
        if not row["_reasons"]:
            of_kept[sha256] |= found
    seen = {sha256: nothing(suites.measures) | dict(numbers) for sha256, numbers in of_all.items()}
    result.profiles = {sha256: profiles(task.dataset.types, found) for sha256, found in of_kept.items()}
    _judge(rows.select("_sha256", "_reasons", *task.dataset.types), suites, result, seen, of_kept)
    return result


def _groups(rows: DataFrame, task: Task, measures: Measures) -> Iterable[Mapping[str, Any]]:
    """Ask for everything by delivery and reasons.

    Of many rows plain counts are asked by themselves: alone they are compiled into one loop, which takes half as long
    and is a second's work to make.
    """
    from pyspark.sql import functions as F

    asked = dict(zip(measures, numbers(measures), strict=True))
    fixes = [(n, F.col(f"_fix_{n}")) for n in range(len(task.dataset.corrections))]
    counts = [
        *(column for measure, column in asked.items() if measure.is_count),
        *(F.count_if(fix).alias(f"_fixed_{n}") for n, fix in fixes),
        *(F.count_if(~fix).alias(f"_mended_{n}") for n, fix in fixes),
    ]
    others = [column for measure, column in asked.items() if not measure.is_count]
    others.append(_periods(task.dataset).alias("_periods"))
    groups = rows.groupBy(DELIVERY, "_reasons")
    if not is_long(task.entries.values()):
        return [row.asDict() for row in groups.agg(*counts, *others).collect()]
    with tuned(rows.sparkSession, COMPILED):
        counted_alone = groups.agg(*counts).collect()
    found: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
    for row in (*counted_alone, *groups.agg(*others).collect()):
        found[row[DELIVERY], tuple(row["_reasons"] or ())] |= row.asDict()
    return found.values()


def _periods(dataset: Dataset) -> Column:
    """List the periods or parts of rows, some of them more than once."""
    from pyspark.sql import functions as F

    way = dataset.combine
    if isinstance(way, ReplacePeriod) and not way.within and dataset.types[way.column] == "date":
        # To spell the period of each row took as long as all its numbers: days are gathered, and spelled once.
        return F.expr(f"transform(collect_set({way.column}), {way.column} -> {way.part})")
    return F.collect_set("_period") if isinstance(way, ReplacePeriod | ReplacePart) else F.lit([])


def _tally(result: Validated, sha256: str, row: Mapping[str, Any], rows: int) -> None:
    """Add a group of rows to what is known of its delivery."""
    tally = result.tallies[sha256]
    for number, fix in enumerate(result.fixes.values()):
        fix.update(fixed=row[f"_fixed_{number}"], mended=row[f"_mended_{number}"])
    if row["_reasons"]:
        tally.refused += rows
        for reason in row["_reasons"]:
            tally.reasons[reason] += rows
        return
    tally.kept += rows
    for period in row["_periods"]:
        result.periods.setdefault(period, set()).add(sha256)


def _judge(
    rows: DataFrame, suites: Suites, result: Validated, of_all: Mapping[str, Answers], of_kept: Mapping[str, Answers]
) -> None:
    """Give each delivery the results of its suite."""
    kept = rows.where("_reasons is null")
    setting = suites.setting.after_each(rows, "_sha256", of_all)
    others = suites.others.after_each(kept, "_sha256", of_kept)
    by_gx = suites.others.by_gx(kept.drop("_sha256", "_reasons"))  # of all deliveries together
    for sha256, tally in result.tallies.items():
        tally.results = (*setting[sha256], *others[sha256], *by_gx.values())
