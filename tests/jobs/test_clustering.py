"""Large tables whose files overlap are clustered, and nobody who reads or rests on them sees a change."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from pyspark.sql import DataFrame, SparkSession

from lakeward.jobs import clustering, parts
from lakeward.jobs.clustering import leading
from lakeward.jobs.curate import curate
from lakeward.jobs.maintain import Need, as_document, as_text, maintain, needs
from lakeward.jobs.plan import CuratedPlan, plan_curated
from lakeward.jobs.publish import publish
from lakeward.lake import delta
from lakeward.lake.audit import audit, pinned
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column, Open
from lakeward.pipelines.dataset import Curated, Dataset, Parts, ReplacePart, Snapshot, Source

FILES, ROWS, APP = 12, 2_000, "lakeward/made"
COLUMNS = (
    Column("county_name", "string", "county", key=True), Column("on", "date", "day", key=True),
    Column("rain_mm", "double", "rain", unit="mm"),
)  # fmt: skip
RAIN = Dataset("made.rain", "Made", "虛構", "nobody", Source("made/*.csv", "CC0-1.0", "never"), COLUMNS)


def yearly(rain: DataFrame) -> DataFrame:
    """Count a year's rows."""
    return rain.selectExpr("year(on) as year").groupBy("year").count().withColumnRenamed("count", "days")


YEARS = Curated(
    "gold.made_years", "Made", "虛構", inputs=(RAIN,), grain="a year", build=yearly,
    columns=(Open("year", "int", "year", key=True), Open("days", "bigint", "rows")),
    parts=Parts("year", {RAIN.name: "year(on)"}),
)  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 48 kB are large ones, and parts pay for any size."""
    monkeypatch.setattr(clustering, "TARGET_BYTES", 48_000)
    monkeypatch.setattr("lakeward.jobs.maintain.SMALL_BYTES", 4_000)
    monkeypatch.setattr(parts, "FEW_ROWS", -1)


def _deliver(lake: Lake, files: int = FILES, years: range = range(2018, 2024), seed: int = 1) -> None:
    dice, first = random.Random(seed), date(years[0], 1, 1)  # noqa: S311
    for number in range(files):
        days = [first + timedelta(days=dice.randrange(365 * len(years))) for _ in range(ROWS)]
        counties = [f"縣{dice.randrange(22)}" for _ in days]
        rows: dict[str, Any] = {
            "county_name": counties,
            "on": pa.array(days, pa.date32()),
            "rain_mm": [dice.random() for _ in days],
            "_sha256": [f"{seed:032}{number:032}"] * ROWS,
        }
        write_deltalake(
            str(lake.table(RAIN.table)), pa.table(rows), mode="append",
            configuration={"delta.enableChangeDataFeed": "true"},
            commit_properties=CommitProperties(app_transactions=[Transaction(APP, seed * 100 + number)]),
        )  # fmt: skip


def _build(spark: SparkSession, lake: Lake) -> CuratedPlan:
    step = plan_curated(lake, YEARS, {})
    curate(spark, lake, step, "run")
    publish(lake, YEARS, "run")
    return step


def _opened(lake: Lake, table: str = RAIN.table) -> DeltaTable:
    opened = delta.opened(lake.table(table))
    assert opened
    return opened


def _rows(lake: Lake, table: str = RAIN.table) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.values()) for row in _opened(lake, table).to_pyarrow_table().to_pylist())


def _need(lake: Lake, table: Dataset | Curated = RAIN) -> Need:
    return next(each for each in needs(lake, [table], 168) if each.table == table.table)


def _last_commit(lake: Lake) -> list[dict[str, Any]]:
    log = sorted((lake.table(RAIN.table) / "_delta_log").glob("*.json"))[-1]
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_a_filter_opens_few_files_afterwards_and_nobody_sees_a_change(spark: SparkSession, lake: Lake) -> None:
    _deliver(lake)
    _build(spark, lake)
    rows, before, version = _rows(lake), _opened(lake), _opened(lake).version()

    need = _need(lake)
    assert need.clustering and need.clustering.before.opens > FILES - 1
    assert "would cluster silver.made.rain: a filter on one value of on opens 12.0 of 12" in as_text(
        [need], is_done=False
    )
    assert _opened(lake).version() == version

    done = maintain(lake, [need])

    told = as_document(done, is_done=True)["tables"][0]["clustering"]
    assert (told["before"]["column"], told["before"]["files"], round(told["before"]["opens"])) == ("on", 12, 12)
    assert told["after"]["files"] > 1 and told["after"]["opens"] < 1.5
    assert f"12 files, opens {told['after']['opens']:.1f} of {told['after']['files']} now" in as_text(
        done, is_done=True
    )
    assert (_rows(lake), _need(lake).is_any) == (rows, False)  # and it stays so
    actions = _last_commit(lake)
    assert {each[kind]["dataChange"] for each in actions for kind in ("add", "remove") if kind in each} == {False}
    assert _opened(lake).protocol() == before.protocol()
    assert _opened(lake).transaction_version(APP) == before.transaction_version(APP)


def test_what_rests_on_it_has_nothing_to_do_and_goes_on_by_parts(spark: SparkSession, lake: Lake) -> None:
    _deliver(lake)
    _build(spark, lake)
    maintain(lake, [_need(lake)])

    assert plan_curated(lake, YEARS, {}).why == ""

    _deliver(lake, files=1, years=range(2022, 2023), seed=2)
    step = _build(spark, lake)

    assert (step.why, step.whole) == ("newer inputs: silver.made.rain", "")
    counted = Counter(row[1].year for row in _rows(lake).elements())
    assert _rows(lake, YEARS.table) == Counter(counted.items())


def test_change_feed_releases_and_every_reader_stay_as_they_are(spark: SparkSession, lake: Lake) -> None:
    _deliver(lake)
    _build(spark, lake)
    path, rows, held = lake.table(RAIN.table), _rows(lake), _opened(lake).version()
    maintain(lake, [_need(lake)])
    version = _opened(lake).version()

    feed = spark.read.format("delta").option("readChangeFeed", "true").option("startingVersion", version)
    assert version == held + 1 and feed.load(str(path)).count() == 0
    assert audit(lake, [RAIN.table, YEARS.table]).faults == [] and pinned(lake, YEARS.table) == {0}
    earlier = delta.opened(path, held)
    assert earlier and earlier.to_pyarrow_table().num_rows == FILES * ROWS
    day = next(iter(rows))[1]
    that_day = sum(count for row, count in rows.items() if row[1] == day)
    files = [str(file) for file in delta.data_files(path)]
    found = duckdb.sql(f"from read_parquet({files!r}) where \"on\" = '{day}'")
    assert found and len(found.fetchall()) == that_day
    assert pl.read_delta(str(path)).filter(pl.col("on") == day).height == that_day
    assert spark.read.format("delta").load(str(path)).where(f"on = '{day}'").count() == that_day


def test_small_files_that_come_later_do_not_undo_it(
    spark: SparkSession, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lakeward.jobs.maintain.MANY", 2)
    _deliver(lake)
    maintain(lake, [_need(lake)])
    clustered = set(delta.data_files(lake.table(RAIN.table)))
    tiny = pa.table({"county_name": ["縣1"], "on": pa.array([date(2019, 1, 1)], pa.date32()), "rain_mm": [0.5],
                     "_sha256": ["0" * 64]})  # fmt: skip
    for _ in range(3):
        write_deltalake(str(lake.table(RAIN.table)), tiny, mode="append")

    need = _need(lake)
    assert (need.small, need.clustering) == (3, None)
    maintain(lake, [need])

    assert len(set(delta.data_files(lake.table(RAIN.table))) - clustered) == 1
    assert clustered <= set(delta.data_files(lake.table(RAIN.table)))


def test_a_table_that_no_clustering_helps_is_left(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    _deliver(lake)
    assert _need(lake).clustering
    assert _need(lake, replace(RAIN, combine=Snapshot(keep_history=True))).clustering is None  # it would be doubled
    monkeypatch.setattr(clustering, "TARGET_BYTES", 1 << 20)  # all of it is one file
    assert _need(lake).clustering is None


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (RAIN, "on"),
        (replace(RAIN, combine=ReplacePart("county_name")), "county_name"),
        (replace(RAIN, columns=(COLUMNS[0], COLUMNS[2])), "county_name"),
        (replace(RAIN, columns=(COLUMNS[2],)), ""),
        (YEARS, "year"),
        (replace(RAIN, filtered_by="rain_mm"), "rain_mm"),
    ],
)
def test_the_column_comes_from_the_declaration(table: Dataset | Curated, column: str) -> None:
    assert leading(table) == column


def test_who_says_what_readers_filter_by_changes_no_row_and_must_name_a_column() -> None:
    assert replace(RAIN, filtered_by="on").fingerprint() == RAIN.fingerprint()
    assert replace(YEARS, filtered_by="days").fingerprint() == YEARS.fingerprint()
    with pytest.raises(UsageError, match="its filtered_by speaks of day, which is no column"):
        replace(RAIN, filtered_by="day")
