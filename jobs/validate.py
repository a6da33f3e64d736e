"""Bronze to silver: typed and checked rows in, every refused row to quarantine with all its reasons.

Verdicts are reached before anything is written. A delivery that the gate refuses goes to quarantine whole, so read =
written + quarantined for every delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

from lakeward.jobs.plan import ordered
from lakeward.lake import delta
from lakeward.lake.errors import LakewardError
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.lake.table import Cell, as_cell
from lakeward.lake.table import Column as Declared
from lakeward.pipelines.dataset import Append, Dataset, Layout, ReplacePeriod, Snapshot, Upsert
from lakeward.pipelines.delimited import KIND_FOOTER, KIND_RAGGED, column_name
from lakeward.pipelines.layout import fit
from lakeward.quality import expect, rules
from lakeward.quality.gate import Tally, delivery_verdict

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

REPEATED = "repeats the key of an earlier row"
PERIODS = {"year": "yyyy", "month": "yyyy-MM", "day": "yyyy-MM-dd"}
PLACE = ("_file", "_sha256", "_row")


@dataclass(frozen=True, slots=True)
class Task:
    """What validation is to do: which deliveries, in which order, to which version of the declaration.

    Args:
        dataset: its declaration.
        entries: the ledger's line of each delivery, by sha256.
        bronze_version: the version of bronze that silver will stand for.
        fingerprint: of the declaration and its engine.
        rebuild: silver is made again from all that is given.
        run_id: the run.
    """

    dataset: Dataset
    entries: Mapping[str, Entry]
    bronze_version: int
    fingerprint: str
    rebuild: bool
    run_id: str

    def order(self) -> dict[str, int]:
        """Number the deliveries from the one that gives way to all others."""
        when = sorted({entry.seen_at for entry in self.entries.values() if entry.seen_at})
        told = [
            (sha256, when.index(entry.seen_at) if entry.seen_at else len(when), entry.modified_at, entry.file)
            for sha256, entry in self.entries.items()
        ]
        return ordered(told, self.dataset.source.edition)

    @property
    def note(self) -> dict[str, object]:
        """What the commits of this task are made from."""
        return {"bronze": self.bronze_version, "fingerprint": self.fingerprint, "run": self.run_id}


@dataclass(slots=True)
class Validated:
    """What came out: the tally of each delivery, why some were refused whole, and how many footers were set aside."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    footers: int = 0

    @property
    def written(self) -> int:
        """Rows that went to silver."""
        return sum(tally.kept for sha256, tally in self.tallies.items() if sha256 not in self.refused)

    @property
    def read(self) -> int:
        """Rows that were delivered."""
        return sum(tally.read for tally in self.tallies.values())


def validate(spark: SparkSession, lake: Lake, task: Task) -> Validated:
    """Bring deliveries from bronze to silver and quarantine, each table by one atomic commit."""
    bronze = spark.read.format("delta").option("versionAsOf", task.bronze_version).load(
        str(lake.table(f"bronze.{task.dataset.name}"))
    ).where(_is_in("_sha256", task.entries))  # fmt: skip
    checked = _checked(bronze, task).persist()  # every verdict and write below reads it; computing it is the dear part
    try:
        return _judged(spark, lake, task, bronze, checked)
    finally:
        checked.unpersist()


def _judged(spark: SparkSession, lake: Lake, task: Task, bronze: DataFrame, checked: DataFrame) -> Validated:
    repeats = _repeats(checked, task, _held(spark, lake, task))
    rows = checked if repeats is None else _without_repeats(checked, repeats, task.dataset.key)
    result, periods = _tallied(rows, task)
    result.footers = bronze.where(f"_kind = '{KIND_FOOTER}'").count() if task.dataset.source.format.footers else 0
    for sha256, tally in result.tallies.items():
        why = delivery_verdict(tally, task.dataset.suite, task.dataset.max_refused)
        if why:
            result.refused[sha256] = why
    _quarantine(lake, task, bronze, rows, result)
    accepted = [sha256 for sha256 in result.tallies if sha256 not in result.refused]
    if accepted:
        _silver(spark, lake, task, rows, accepted, periods)
    return result


def text_of(column: Declared, cell: Cell) -> Column:
    """Give the text of a declared column in a bronze row, tidied; NULL where nothing was delivered."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import tidy

    parts = [tidy(F.col(f"`{column_name(header)}`"), column.tidy, F.col("_padded")) for header in cell.headers]
    return parts[0] if len(parts) == 1 else F.concat_ws(" ", *(F.coalesce(part, F.lit("?")) for part in parts))


def meant_by(column: Declared, text: Column) -> Column:
    """Give what delivered text stands for: no value for a null code, another text where the declaration says so."""
    from pyspark.sql import functions as F

    for delivered, meant in column.reads.items():
        text = F.when(text == delivered, F.lit(meant)).otherwise(text)
    return F.when(text.isin(*column.nulls), None).otherwise(text) if column.nulls else text


def value_of(column: Declared, cell: Cell, text: Column) -> Column:
    """Read text as the value of a declared column; NULL where it cannot be read."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import parse

    picked = F.nullif(F.regexp_extract(text, cell.pick, 1), F.lit("")) if cell.pick else text
    return parse(column.parse or column.type, picked).cast(column.type)


def _checked(bronze: DataFrame, task: Task) -> DataFrame:
    """Type every row and list its reasons; group deliveries by layout, as each says where its columns stand."""
    groups: dict[str, tuple[Layout, list[str]]] = {}
    for sha256, entry in task.entries.items():
        layout = fit(task.dataset, entry.header).layout
        groups.setdefault(layout.name, (layout, []))[1].append(sha256)
    data = bronze.where(f"_kind <> '{KIND_FOOTER}'")
    parts = [
        _checked_layout(data if len(groups) == 1 else data.where(_is_in("_sha256", shas)), layout, task)
        for layout, shas in groups.values()
    ]
    return reduce(lambda a, b: a.unionByName(b), parts)


def _checked_layout(rows: DataFrame, layout: Layout, task: Task) -> DataFrame:
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import unreadable

    dataset = task.dataset
    here = {name.casefold() for name in rows.columns}
    cells = {column.name: as_cell(layout.cells.get(column.name, ())) for column in dataset.columns}
    read = [
        column for column in dataset.columns
        if cells[column.name].headers and all(column_name(h).casefold() in here for h in cells[column.name].headers)
    ]  # fmt: skip
    # Each step names what the next one uses more than once: Spark then computes it once.
    texts = rows.select(
        *PLACE,
        F.when(F.col("_kind") == KIND_RAGGED, F.col("_fault")).alias("_ragged"),
        *(text_of(column, cells[column.name]).alias(f"_text_{column.name}") for column in read),
    )
    meant = texts.withColumns({f"_text_{c.name}": meant_by(c, F.col(f"_text_{c.name}")) for c in read if c.reads or c.nulls})
    names = {column.name for column in read}
    typed = meant.select(
        "*",
        *(value_of(c, cells[c.name], F.col(f"_text_{c.name}")).alias(c.name) for c in read),
        *(F.lit(None).cast(c.type).alias(c.name) for c in dataset.columns if c.name not in names),
    )
    words = {
        c.name: unreadable(c.parse or c.type) + (f" in {cells[c.name].headers[0]}" if cells[c.name].pick else "")
        for c in read
        if c.type != "string" or cells[c.name].pick
    }
    present = [name for name in dataset.key if cells[name].headers]
    return typed.select(
        *(column.name for column in dataset.columns), *PLACE, _period(dataset).alias("_period"),
        _reasons(task, words, present).alias("_reasons"),
        *(F.expr(rules.breaks_when(rule)).alias(f"_warns_{n}") for n, rule in enumerate(_warnings(dataset))),
    )  # fmt: skip


def _reasons(task: Task, words: Mapping[str, str], key: Sequence[str]) -> Column:
    """List why a row is refused; NULL for a good row."""
    from pyspark.sql import functions as F

    dataset = task.dataset
    failed = {name: F.col(f"_text_{name}").isNotNull() & F.col(name).isNull() for name in words}
    checks = [(failed[name], f"{name}: {word}") for name, word in words.items()]
    present = [expect.column_values_to_not_be_null(name) for name in key]
    for rule in (*(rule for rule in present if rule not in dataset.suite), *dataset.suite):
        if rules.is_row_rule(rule) and rule.severity == "critical":
            broken = F.expr(rules.breaks_when(rule))
            if rule.about in words:
                broken = broken & ~failed[rule.about]
            checks.append((broken, rules.reason(rule)))
    checks += _period_checks(task)
    is_broken = reduce(lambda a, b: a | b, (is_broken for is_broken, _ in checks), F.col("_ragged").isNotNull())
    told = F.array_compact(F.array(*(F.when(is_broken, F.lit(reason)) for is_broken, reason in checks)))
    return F.when(F.col("_ragged").isNotNull(), F.array("_ragged")).when(is_broken, told)


def _period_checks(task: Task) -> list[tuple[Column, str]]:
    from pathlib import PurePosixPath

    from pyspark.sql import functions as F

    import re

    combine = task.dataset.combine
    if not isinstance(combine, ReplacePeriod):
        return []
    checks = [(F.col(combine.column).isNull(), f"{combine.column}: no value, so no period")]
    by_claim: dict[str, list[str]] = {}
    for sha256, entry in task.entries.items():
        told = re.search(task.dataset.source.period, PurePosixPath(entry.file).name) if task.dataset.source.period else None
        if told:
            by_claim.setdefault(told[1], []).append(sha256)
    for claim, shas in by_claim.items():
        outside = ~F.col(combine.column).cast("string").startswith(claim) & _is_in("_sha256", shas)
        checks.append((F.coalesce(outside, F.lit(False)), f"{combine.column}: outside {claim}, the period in the file's name"))
    return checks


def _period(dataset: Dataset) -> Column:
    from pyspark.sql import functions as F

    if isinstance(dataset.combine, ReplacePeriod):
        return F.date_format(dataset.combine.column, PERIODS[dataset.combine.unit])
    return F.lit(None).cast("string")


def _warnings(dataset: Dataset) -> list[rules.Expectation]:
    return [rule for rule in dataset.suite if rules.is_row_rule(rule) and rule.severity == "warning"]


def _held(spark: SparkSession, lake: Lake, task: Task) -> DataFrame | None:
    """Give the keys that silver already holds, where a new row may not repeat them."""
    path = lake.table(task.dataset.table)
    if task.rebuild or not isinstance(task.dataset.combine, Append) or delta.version_of(path) is None:
        return None
    return spark.read.format("delta").load(str(path)).select(*task.dataset.key).distinct()


def _repeats(rows: DataFrame, task: Task, held: DataFrame | None) -> DataFrame | None:
    """Find keys that stand more than once, with the one row that may stay; None when there are none."""
    from pyspark.sql import functions as F

    key = task.dataset.key
    if not key:
        return None
    scope = (*key,) if isinstance(task.dataset.combine, Append) else ("_sha256", *key)
    good = rows.where("_reasons is null")
    place = F.struct(_number(task, "_sha256").alias("_order"), F.col("_row"))
    found = good.groupBy(*scope).agg(F.count("*").alias("_times"), F.min(place).alias("_first")).where("_times > 1")
    found = found.select(*key, *(() if "_sha256" not in scope else ("_sha256",)), "_first")
    if held is not None:
        nowhere = F.struct(F.lit(-1).alias("_order"), F.lit(-1).alias("_row"))
        found = found.unionByName(good.join(held, _same(good, held, key), "left_semi").select(*key, nowhere.alias("_first")))
        found = found.groupBy(*key).agg(F.min("_first").alias("_first"))
    found = found.select("*", F.col("_first._row").alias("_stays")).drop("_first").localCheckpoint()
    return None if found.isEmpty() else found


def _without_repeats(rows: DataFrame, repeats: DataFrame, key: Sequence[str]) -> DataFrame:
    from pyspark.sql import functions as F

    scope = [name for name in (*key, "_sha256") if name in repeats.columns]
    marks = repeats.select(*(F.col(name).alias(f"_k_{name}") for name in scope), "_stays")
    same = reduce(lambda a, b: a & b, (F.col(name).eqNullSafe(F.col(f"_k_{name}")) for name in scope))
    is_repeat = F.col("_reasons").isNull() & (F.col("_row") != F.col("_stays"))
    reasons = F.when(is_repeat, F.array(F.lit(REPEATED))).otherwise(F.col("_reasons"))
    return rows.join(F.broadcast(marks), same, "left").withColumn("_reasons", reasons).select(*rows.columns)


def _tallied(rows: DataFrame, task: Task) -> tuple[Validated, dict[str, set[str]]]:
    """Count each delivery's rows, reasons and warnings in one aggregation; also which periods it holds."""
    from pyspark.sql import functions as F

    warnings = _warnings(task.dataset)
    counted = rows.groupBy("_sha256", "_period", "_reasons").agg(
        F.count("*").alias("_times"), *(F.count_if(f"_warns_{n}").alias(f"_warns_{n}") for n in range(len(warnings)))
    )
    result = Validated({sha256: Tally() for sha256 in task.entries})
    periods: dict[str, set[str]] = {}
    for row in counted.toLocalIterator():
        tally = result.tallies[row["_sha256"]]
        if row["_reasons"]:
            tally.refused += row["_times"]
            for reason in row["_reasons"]:
                tally.reasons[reason] += row["_times"]
            continue
        tally.kept += row["_times"]
        if row["_period"]:
            periods.setdefault(row["_period"], set()).add(row["_sha256"])
        for number, rule in enumerate(warnings):
            if row[f"_warns_{number}"]:
                tally.warnings[rules.reason(rule)] += row[f"_warns_{number}"]
    return result, periods


def _quarantine(lake: Lake, task: Task, bronze: DataFrame, rows: DataFrame, result: Validated) -> None:
    """Set refused rows aside, as delivered, with all their reasons; whole deliveries where the gate said so."""
    from pyspark.sql import functions as F

    path = lake.table(f"quarantine.{task.dataset.name}")
    stale = delta.partitions_of(path, "_sha256") & set(task.entries)
    if not any(tally.refused for tally in result.tallies.values()) and not result.refused and not stale:
        return
    whole = F.lit(None).cast("string")
    for sha256, why in result.refused.items():
        whole = F.when(F.col("_sha256") == sha256, F.lit(f"delivery refused: {why}")).otherwise(whole)
    aside = rows.select("_sha256", "_row", F.coalesce("_reasons", F.array_compact(F.array(whole))).alias("reasons"))
    names = [name for name in bronze.columns if not name.startswith("_")]
    cells = F.create_map(*(x for name in names for x in (F.lit(name), F.col(f"`{name}`"))))
    delta.commit(
        bronze.join(aside.where("size(reasons) > 0"), ["_sha256", "_row"]).select(
            F.col("_file").alias("file"), F.col("_row").alias("row_number"), "reasons",
            F.map_filter(cells, lambda _, cell: cell.isNotNull()).alias("delivered"),
            F.col("_overflow").alias("overflow"), F.lit(task.run_id).alias("run_id"), "_sha256",
        ),
        path,
        step="quarantine",
        about=task.dataset.name,
        note=task.note,
        mode="overwrite",
        options={"replaceWhere": _sql_in("_sha256", task.entries)} if delta.version_of(path) is not None else {},
        partition_by=("_sha256",),
    )  # fmt: skip


def _silver(
    spark: SparkSession, lake: Lake, task: Task, rows: DataFrame, accepted: Sequence[str], periods: dict[str, set[str]]
) -> None:
    from pyspark.sql import functions as F

    dataset, path = task.dataset, lake.table(task.dataset.table)
    order = task.order()
    good = rows.where("_reasons is null").where(_is_in("_sha256", accepted))
    mode, options = "overwrite", {"overwriteSchema": "true"}
    is_new = task.rebuild or delta.version_of(path) is None
    combine = dataset.combine
    if isinstance(combine, Snapshot):
        good = good.where(F.col("_sha256") == max(accepted, key=order.__getitem__))
    elif isinstance(combine, ReplacePeriod):
        good, held = _winners(good, periods, set(accepted), order)
        if not is_new:
            options = {"replaceWhere": _sql_in(f"date_format({combine.column}, '{PERIODS[combine.unit]}')", held)}
    elif isinstance(combine, Upsert):
        good = _latest(good, task) if len(accepted) > 1 else good
        if not is_new:
            _merge(spark, lake, task, good.drop("_reasons"))
            return
    elif not is_new:
        mode, options = "append", {}
    if not is_new and not isinstance(combine, Snapshot):
        options |= {"txnAppId": f"lakeward/silver/{task.fingerprint}", "txnVersion": str(task.bronze_version)}
    delta.commit(
        good.select(*(column.name for column in dataset.columns), *PLACE),
        path, step="silver", about=dataset.name, note=task.note, mode=mode, options=options,
    )  # fmt: skip


def _winners(
    good: DataFrame, periods: dict[str, set[str]], accepted: set[str], order: Mapping[str, int]
) -> tuple[DataFrame, list[str]]:
    """Keep for each period the rows of the last delivery that holds it."""
    from pyspark.sql import functions as F

    lost: dict[str, list[str]] = {}
    held = []
    for period, shas in periods.items():
        rivals = shas & accepted
        if rivals:
            held.append(period)
            for sha256 in rivals - {max(rivals, key=order.__getitem__)}:
                lost.setdefault(sha256, []).append(period)
    for sha256, gone in lost.items():
        good = good.where(~((F.col("_sha256") == sha256) & F.col("_period").isin(*gone)))
    return good, held


def _latest(good: DataFrame, task: Task) -> DataFrame:
    """Keep for each key the row of the last delivery that has it."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    key = task.dataset.key
    numbered = good.withColumn("_order", _number(task, "_sha256"))
    rivals = numbered.groupBy(*key).agg(F.min("_order").alias("a"), F.max("_order").alias("b")).where("a <> b")
    if rivals.isEmpty():
        return good
    last = Window.partitionBy(*key).orderBy(F.desc("_order"))
    return numbered.withColumn("_place", F.row_number().over(last)).where("_place = 1").drop("_place", "_order")


def _merge(spark: SparkSession, lake: Lake, task: Task, good: DataFrame) -> None:
    from delta.tables import DeltaTable

    dataset, path = task.dataset, lake.table(task.dataset.table)
    columns = (*(column.name for column in dataset.columns), *PLACE)
    same = " and ".join(f"held.`{name}` <=> come.`{name}`" for name in dataset.key)
    conf = {
        "spark.databricks.delta.commitInfo.userMetadata": delta.written(task.note),
        "spark.databricks.delta.write.txnAppId": f"lakeward/silver/{task.fingerprint}",
        "spark.databricks.delta.write.txnVersion": str(task.bronze_version),
    }

    def merge() -> None:
        for name, value in conf.items():
            spark.conf.set(name, value)
        try:
            (
                DeltaTable.forPath(spark, str(path)).alias("held")
                .merge(good.select(*columns).alias("come"), same)
                .whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
            )  # fmt: skip
        finally:
            for name in conf:
                spark.conf.unset(name)

    delta.durably(merge, path, step="silver", about=dataset.name)


def _number(task: Task, name: str) -> Column:
    from pyspark.sql import functions as F

    order = task.order()
    numbers = F.create_map(*(F.lit(x) for pair in order.items() for x in pair))
    return numbers[F.col(name)] if len(order) > 1 else F.lit(0)


def _same(a: DataFrame, b: DataFrame, key: Sequence[str]) -> Column:
    return reduce(lambda x, y: x & y, (a[name].eqNullSafe(b[name]) for name in key))


def _is_in(name: str, values: Mapping[str, object] | Sequence[str]) -> Column:
    from pyspark.sql import functions as F

    return F.col(name).isin(*values)


def _sql_in(expression: str, values: Mapping[str, object] | Sequence[str]) -> str:
    return f"{expression} in ({', '.join(repr(value) for value in sorted(values))})"


class CountsDiffer(LakewardError):
    """Rows went missing between two counts: our fault, never the data's."""
