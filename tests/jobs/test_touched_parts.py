"""Newer inputs change a curated table by parts: whatever came, it holds what making all of it again would give."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pyarrow as pa
import pytest
from delta.tables import DeltaTable as DeltaSpark
from deltalake import DeltaTable, write_deltalake
from pyspark.sql import DataFrame, SparkSession

from lakeward.jobs import parts
from lakeward.jobs.curate import curate
from lakeward.jobs.plan import CuratedPlan, Plan, plan_curated
from lakeward.jobs.report import plan_text
from lakeward.lake import delta
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column, Open
from lakeward.pipelines.dataset import Curated, Dataset, Disclosure, Parts, Source

HISTORIES = int(os.environ.get("LAKEWARD_HISTORIES", "4"))
SEED = int(os.environ.get("LAKEWARD_HISTORIES_SEED", "20261129"))
STEPS = 3
NOWHERE = Source("made/*.csv", "not stated", "never")
CRASHES = Dataset(
    "made.crashes", "Made crashes", "虛構", "nobody", NOWHERE,
    (Column("town", "string", "town"), Column("crashed_on", "date", "day"), Column("deaths", "int", "deaths")),
)  # fmt: skip
RAIN = Dataset(
    "made.rain", "Made rain", "虛構", "nobody", NOWHERE,
    (Column("year", "int", "year"), Column("rain_mm", "int", "rain", unit="mm")),
)  # fmt: skip
TOWNS = Dataset(
    "made.towns", "Made towns", "虛構", "nobody", NOWHERE,
    (Column("town", "string", "town"), Column("people", "int", "people")),
)  # fmt: skip


def town_years(crashes: DataFrame, rain: DataFrame, towns: DataFrame) -> DataFrame:
    """Add up a town's deaths of a year, beside the country's rain and the town's people."""
    wet = rain.groupBy("year").agg({"rain_mm": "max"}).withColumnRenamed("max(rain_mm)", "rain_mm")
    summed = (
        crashes.selectExpr("town", "year(crashed_on) as year", "deaths").groupBy("town", "year").agg({"deaths": "sum"})
    )
    return summed.withColumnRenamed("sum(deaths)", "deaths").join(wet, "year", "left").join(towns, "town", "left")


TOWN_YEARS = Curated(
    name="gold.town_years", title="Made", title_zh="虛構", inputs=(CRASHES, RAIN, TOWNS), grain="a town and year", build=town_years,
    columns=(
        Open("town", "string", "town", key=True), Open("year", "int", "year", key=True), Open("deaths", "bigint", "deaths"),
        Open("rain_mm", "int", "rain", unit="mm"), Open("people", "int", "people"),
    ),
    parts=Parts("year", {CRASHES.name: "year(crashed_on)", RAIN.name: "year"}),
)  # fmt: skip
Rows = list[tuple[Any, ...]]


@pytest.fixture
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FEW_ROWS", -1)
    monkeypatch.setattr(parts, "LARGE_SHARE", 9.0)


@pytest.fixture
def filled(spark: SparkSession, lake: Lake, any_size: None) -> Lake:
    _write(lake, CRASHES, [("A", date(2020, 5, 1), 1), ("A", date(2021, 5, 1), 2), ("B", date(2021, 6, 1), 3)])
    _write(lake, RAIN, [(2020, 10), (2021, 20)])
    _write(lake, TOWNS, [("A", 100), ("B", 200)])
    _build(spark, lake)
    return lake


def _write(lake: Lake, dataset: Dataset, rows: Rows, mode: Literal["append", "overwrite"] = "append") -> None:
    types: dict[str, pa.DataType] = {"string": pa.string(), "date": pa.date32(), "int": pa.int32()}
    schema = pa.schema([(column.name, types[column.type]) for column in dataset.columns])
    columns = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(schema)]
    write_deltalake(str(lake.table(dataset.table)), pa.table(columns, schema=schema), mode=mode)


def _build(spark: SparkSession, lake: Lake, table: Curated = TOWN_YEARS) -> CuratedPlan:
    step = plan_curated(lake, table, {})
    if step.why and step.work == "build":
        curate(spark, lake, step, "run")
    return step


def _rows(lake: Lake, table: str) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.values()) for row in _opened(lake, table).to_pyarrow_table().to_pylist())


def _opened(lake: Lake, table: str) -> DeltaTable:
    opened = delta.opened(lake.table(table))
    assert opened
    return opened


def _expected(lake: Lake) -> Counter[tuple[Any, ...]]:
    """Reckon the table from its inputs without Spark."""
    summed: dict[tuple[str, int | None], int | None] = {}
    for (town, day, deaths), times in _rows(lake, CRASHES.table).items():
        key = (town, day.year if day else None)
        summed[key] = (summed.get(key) or 0) + deaths * times if deaths is not None else summed.get(key)
    rain = Counter[int]()
    for year, rain_mm in _rows(lake, RAIN.table):
        rain[year] = max(rain[year], rain_mm)
    people = dict(_rows(lake, TOWNS.table).keys())
    return Counter(
        (town, year, deaths, rain.get(year or 0), people.get(town)) for (town, year), deaths in summed.items()
    )


def test_only_the_touched_year_is_made_again(
    spark: SparkSession, filled: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def watched(crashes: DataFrame, rain: DataFrame, towns: DataFrame) -> DataFrame:
        seen.append(crashes.count())
        return town_years(crashes, rain, towns)

    monkeypatch.setattr("lakeward.jobs.plan.source_of", lambda _: "the same")
    table = replace(TOWN_YEARS, name="gold.watched", build=watched)
    _build(spark, filled, table)
    _write(filled, CRASHES, [("B", date(2020, 7, 1), 4)])

    step = _build(spark, filled, table)

    assert (step.why, step.whole) == ("newer inputs: silver.made.crashes", "")
    assert "makes the parts that changed rows touch" in plan_text(Plan({table.name: step}), {})
    assert seen == [3, 4, 2]  # all; all again, for the lineage; the two of 2020
    assert _rows(filled, table.name) == _expected(filled)


def test_a_run_tells_which_parts_were_made_again(spark: SparkSession, filled: Lake) -> None:
    whole = curate(spark, filled, plan_curated(filled, TOWN_YEARS, {}), "run")
    _write(filled, CRASHES, [("B", date(2020, 7, 1), 4), ("B", None, 1)])

    parts = curate(spark, filled, plan_curated(filled, TOWN_YEARS, {}), "run")

    assert whole.warnings == ()
    (told,) = parts.warnings
    assert told.startswith("2 of its parts made again (")
    assert "2020" in told
    assert told.endswith("), all other rows are as they were")


@pytest.mark.parametrize("case", ["a side", "another function", "a stranger", "restored", "no parts", "cleaned"])
def test_all_of_it_is_made_again_where_parts_will_not_do(spark: SparkSession, filled: Lake, case: str) -> None:
    table, path = TOWN_YEARS, filled.table(TOWN_YEARS.name)
    said = {
        "a side": "every part rests on silver.made.towns",
        "another function": "its declaration or function changed",
        "a stranger": "somebody else wrote its newest version",
        "restored": "what is there was restored, not made from its inputs",
        "no parts": "it declares no parts",
        "cleaned": "what silver.made.crashes held before was cleaned away",
    }
    if case == "a side":
        _write(filled, TOWNS, [("C", 9)])
    if case == "another function":
        table = replace(
            table,
            grain="a year and town",
            title="Other",
            columns=(*table.columns[:-1], Open("people", "bigint", "people")),
        )
    if case == "a stranger":
        DeltaSpark.forPath(spark, str(path)).delete("town = 'A'")
    if case == "restored":
        note = delta.note_of(path)
        delta.mark(spark, path, {**note, "stands_for": note["inputs"]})
    if case == "no parts":
        table = replace(table, name="gold.made_whole", parts=None)
        _build(spark, filled, table)
    before = set(delta.data_files(filled.table(CRASHES.table)))
    _opened(filled, CRASHES.table).update({"deaths": "9"}, predicate="town = 'B'")
    if case == "cleaned":
        for file in before - set(delta.data_files(filled.table(CRASHES.table))):
            file.unlink()

    assert _build(spark, filled, table).whole == said[case]
    assert _rows(filled, table.name) == _expected(filled)


def test_little_is_made_again_whole(spark: SparkSession, filled: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FEW_ROWS", 1_000)
    _write(filled, CRASHES, [("B", date(2020, 7, 1), 4)])
    assert plan_curated(filled, TOWN_YEARS, {}).whole == "its inputs are small"

    monkeypatch.setattr(parts, "LARGE_SHARE", 0.2)
    assert plan_curated(filled, TOWN_YEARS, {}).whole == "most of silver.made.crashes changed"


def test_rows_of_other_parts_than_were_touched_refuse_the_version(spark: SparkSession, filled: Lake) -> None:
    """A function whose parts are not as it declares must not leave a table half old and half new."""

    def strays(crashes: DataFrame, rain: DataFrame, towns: DataFrame) -> DataFrame:
        made = town_years(crashes, rain, towns)
        return made.unionByName(made.selectExpr("town", "year + 1 as year", "deaths", "rain_mm", "people"))

    table = replace(TOWN_YEARS, name="gold.strays", build=strays)
    _build(spark, filled, table)
    held = delta.version_of(filled.table(table.name))
    _write(filled, CRASHES, [("B", date(2020, 7, 1), 4)])

    with pytest.raises(Exception, match="its `parts` are not true"):
        _build(spark, filled, table)
    assert delta.version_of(filled.table(table.name)) == held


def test_an_input_that_moved_after_the_plan_is_seen(spark: SparkSession, filled: Lake) -> None:
    """In a store another run may write what every part rests on while this one is on its way."""
    _write(filled, CRASHES, [("B", date(2020, 7, 1), 4)])
    step = plan_curated(filled, TOWN_YEARS, {})
    _write(filled, TOWNS, [("A", 1), ("B", 2)], "overwrite")

    curate(spark, filled, step, "run")

    assert step.whole == ""
    assert _rows(filled, TOWN_YEARS.name) == _expected(filled)


def test_parts_of_what_is_no_input_are_refused() -> None:
    with pytest.raises(UsageError, match=r"made\.crash, which is no input"):
        replace(TOWN_YEARS, parts=Parts("year", {"made.crash": "year"}))
    with pytest.raises(UsageError, match="numbers hidden in one part"):
        replace(
            TOWN_YEARS,
            columns=(*TOWN_YEARS.columns, Open("is_hidden", "boolean", "hidden")),
            disclosure=Disclosure(counts=("deaths",), hidden="is_hidden"),
        )


def _random_change(lake: Lake, chance: random.Random) -> str:
    """Do to an input what a delivery, a correction, a re-issue or somebody's care of the table does to it."""
    dataset = chance.choices((CRASHES, RAIN, TOWNS), (6, 3, 1))[0]
    table = _opened(lake, dataset.table)
    year = chance.randint(2019, 2022)
    days = [date(year, chance.randint(1, 12), 1), None]
    made: dict[str, Rows] = {
        CRASHES.name: [
            (chance.choice("ABC"), chance.choice(days), chance.randint(0, 3)) for _ in range(chance.randint(0, 4))
        ],
        RAIN.name: [(year, chance.randint(0, 99))],
        TOWNS.name: [("A", 1), ("B", 2), ("C", chance.randint(1, 99))],
    }
    fresh = made[dataset.name]
    of_year = (
        f"crashed_on >= '{year}-01-01' and crashed_on <= '{year}-12-31'" if dataset is CRASHES else f"year = {year}"
    )
    ways = ("append", "delete", "replace", "update", "nothing") if dataset is not TOWNS else ()
    way = chance.choice((*ways, "repeat", "merge files", "overwrite"))
    if way in ("delete", "replace"):
        table.delete(of_year)
    if way in ("append", "replace"):
        _write(lake, dataset, fresh)
    elif way == "update":
        number = "deaths" if dataset is CRASHES else "rain_mm"
        table.update({number: f"cast({number} + 1 as int)"}, predicate=of_year)
    elif way == "repeat":  # the same rows in a new file
        _write(lake, dataset, [tuple(row.values()) for row in table.to_pyarrow_table().to_pylist()], "overwrite")
    elif way == "merge files":
        table.optimize.compact()
    elif way == "overwrite":
        _write(lake, dataset, fresh, "overwrite")
    return f"{way} {dataset.name} {year}"


@pytest.mark.parametrize("number", range(HISTORIES))
def test_in_any_history_it_is_what_making_all_of_it_gives(spark: SparkSession, filled: Lake, number: int) -> None:
    """Random deliveries, corrections, deletions and re-issues; `make histories` runs 1,000."""
    chance, told = random.Random(SEED + number), []  # noqa: S311 - no secret
    for _ in range(STEPS):
        told.append(_random_change(filled, chance))
        step = _build(spark, filled)
        told.append(step.whole or "by parts")
        assert _rows(filled, TOWN_YEARS.name) == _expected(filled), f"seed {SEED + number}: {told}"
