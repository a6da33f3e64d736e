"""A run over made files: quarantine holds what the sample says is bad, cross-agency tables have rows, notebooks run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import consumers
import pytest
from kernel import NOTEBOOKS, Kernel, problems
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakeward.jobs import parts
from lakeward.jobs.curate import input_frame, shaped
from lakeward.jobs.run import Report, run
from lakeward.lake import delta
from lakeward.lake.errors import EXIT_DONE
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.pipelines.sample.folder import write
from lakeward.sharing.reader.lineage import Origin, lineage_of

MADE_HERE = {
    "gold.bike_availability_district": "county_name stations stations_listed readings",
    "gold.calendar_days": "day_on is_day_off is_weekend is_holiday is_makeup_workday holiday_name holiday_name_en *",
    "gold.counties": "county_code county_name county_name_en valid_from valid_to county_name_today is_current",
    "gold.crash_change_feed": "delivered_on change rows crashes rows_after crashes_after delivery",
    "gold.crash_changes": "delivered_on change delivery",
    "gold.crop_price_weather": "",
    "gold.dengue_reconciliation": "source rows_of_year",
    "gold.dengue_village": "cases",
    "gold.education_town": "villages",
    "gold.flood_exposure_county": "flood_points",
    "gold.road_safety_weather": "crashes rain_stations",
    "gold.town_profile": "burglaries cameras clinics temples junior_high_schools flood_points",
    "gold.towns": "",
    "gold.vector_risk_town_month": "surveys dengue_cases",
    "gold.villages": "",
}
"""Columns that no column of an agency goes into: counts of rows, dates of deliveries, lists and words of ours."""


@dataclass(frozen=True)
class Sampled:
    """A lake built from made files of every data set, what the run told, and how many of their rows are wrong."""

    lake: Lake
    report: Report
    wrong: Counter[str]


@pytest.fixture(scope="module")
def sampled(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Sampled:
    folder = tmp_path_factory.mktemp("sample")
    wrong: Counter[str] = Counter()
    datasets = [table for table in declared().values() if isinstance(table, Dataset)]
    for each in write(folder / "landing", datasets, rows=400):
        if not each.is_copy:
            wrong[f"silver.{each.dataset}"] += each.bad + each.repeated
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("LAKEWARD_LINEAGE", "1")
        report = run(str(folder / "lake"), str(folder / "landing"), [])
    return Sampled(Lake.at(str(folder / "lake")), report, wrong)


def test_quarantine_holds_what_the_sample_made_wrong_and_gold_has_rows(sampled: Sampled) -> None:
    tables = declared().values()
    steps = {step.table_name: step for step in sampled.report.steps}
    built = {name: step for name, step in steps.items() if step.outcome == "built"}
    assert {name: built[name].rows_quarantined for name in sampled.wrong if name in built} == sampled.wrong
    empty = {table.name for table in tables if isinstance(table, Curated) and not steps[table.name].rows_written}
    assert empty == set()
    assert sampled.report.exit_code == EXIT_DONE
    curated = [table for table in tables if isinstance(table, Curated)]
    assert {each.name: _made_here(lineage_of(sampled.lake, each)) for each in curated} == MADE_HERE


def test_every_tool_reads_every_gold_table_as_it_is_in_the_lake(sampled: Sampled, tmp_path: Path) -> None:
    gold = {table.name: table for table in declared().values() if isinstance(table, Curated)}
    with consumers.shared(sampled.lake, declared(), tmp_path) as shared:
        assert list(consumers.different(shared, gold, tmp_path)) == []
    if not consumers.CLIENT.exists():
        pytest.skip("other tools do; the official client has no environment here: `make client` makes it")


@pytest.mark.parametrize(
    "name", [each.name for each in declared().values() if isinstance(each, Curated) and each.parts]
)
def test_declared_parts_are_made_from_their_own_rows(spark: SparkSession, sampled: Sampled, name: str) -> None:
    """The parts made alone, and all others made alone, are the rows that making all at once gives."""
    table = declared()[name]
    assert isinstance(table, Curated) and table.parts
    inputs = [input_frame(spark, sampled.lake, t, delta.version_of(sampled.lake.table(t.table))) for t in table.inputs]

    def made(frames: list[DataFrame]) -> Counter[str]:
        return Counter(map(str, shaped(table, table.build(*frames), None).withColumn("_part", F.expr(of)).collect()))

    of = table.parts.of
    all_rows = made(inputs)
    rows = shaped(table, table.build(*inputs), None).select(F.expr(of)).distinct().collect()
    found = sorted((row[0] for row in rows), key=str)
    some, others = found[::2], found[1::2]  # none are left where all made rows are of one part: then none are made

    halves = [made(parts.cut(table, inputs, each)) for each in (some, others)]
    assert halves[0] + halves[1] == all_rows
    assert [bool(each) for each in halves] == [bool(some), bool(others)]


@pytest.fixture(scope="module")
def kernel(sampled: Sampled) -> Iterator[Kernel]:
    started = Kernel(Path(str(sampled.lake.root)))
    yield started
    started.end()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_made_data_and_says_that_they_are_made(kernel: Kernel, path: Path) -> None:
    assert not problems(path, kernel.run(path), is_made=True)


def _made_here(origins: list[Origin]) -> str:
    """Name the columns that trace back to no column of an agency; each says why."""
    made = [each for each in origins if not any(_received(each))]
    assert all(each.made_here for each in made if not each.made_from)
    return " ".join(each.column for each in made)


def _received(origin: Origin) -> Iterator[bool]:
    yield origin.table.startswith("bronze.")
    for source in origin.made_from:
        yield from _received(source)
