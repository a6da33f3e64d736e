"""Days that come after all that a table holds are added without a look at its rows; others take the place of theirs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.run import run
from lakeward.lake import delta
from lakeward.lake.storage import Lake

DECLARED = '''"""Made."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, ReplacePeriod, Source


def made(name, kind):
    return Dataset(
        name=f"made.{name}", title="Made", title_zh="虛構", agency="nobody",
        source=Source(f"made/{name}/*.csv", licence="none", cadence="daily", format=Csv(encoding="utf-8")),
        combine=ReplacePeriod("on", "day"),
        columns=(
            Column("id", "string", "number", cell="號", key=True),
            Column("on", kind, "day", cell="日", key=True),
            Column("value", "int", "value", cell="數"),
        ),
    )


DAYS, MOMENTS = made("days", "date"), made("moments", "timestamp")
'''


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of declarations."""
    folder = tmp_path / "own" / "made"
    folder.mkdir(parents=True)
    (folder / "days.py").write_text(DECLARED, "utf-8")
    return folder.parent


def _deliver(landing: Path, name: str, file: str, *rows: str) -> None:
    folder = landing / "made" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text("號,日,數\n" + "".join(f"{row}\n" for row in rows), "utf-8")


def _run(lake: Lake, landing: Path, own: Path, name: str) -> list[str]:
    """Bring a table up to date; give what its report warns of."""
    told = run(str(lake.root), str(landing), [f"made.{name}"], own=str(own))
    assert told.exit_code == 0, told
    return [warning for step in told.steps for warning in step.warnings]


def _held(spark: SparkSession, lake: Lake, name: str) -> list[tuple[str, str, int]]:
    rows = spark.read.format("delta").load(str(lake.table(f"silver.made.{name}"))).collect()
    return sorted((row.id, str(row.on)[:10], row.value) for row in rows)


def _newest(lake: Lake, name: str) -> tuple[str, int]:
    """Give what the newest commit with rows was, and how many files it took out."""
    path = lake.table(f"silver.made.{name}")
    log = (path / "_delta_log" / f"{delta.version_of(path):020}.json").read_text("utf-8")
    actions = [json.loads(line) for line in log.splitlines()]
    (info,) = (action["commitInfo"] for action in actions if "commitInfo" in action)
    return json.dumps(info["operationParameters"]), sum("remove" in action for action in actions)


def test_new_days_are_added_and_old_ones_replaced(spark: SparkSession, lake: Lake, landing: Path, own: Path) -> None:
    _deliver(landing, "days", "a.csv", "1,2024-03-01,10", "2,2024-03-03,30")
    _run(lake, landing, own, "days")

    _deliver(landing, "days", "b.csv", "1,2024-03-04,40")
    assert not _run(lake, landing, own, "days")
    asked, removed = _newest(lake, "days")
    assert (removed, "between" in asked) == (0, False)

    _deliver(landing, "days", "c.csv", "1,2024-03-02,20")  # between what a file holds: it is looked into, and stays
    assert not _run(lake, landing, own, "days")
    assert _newest(lake, "days")[1] == 0
    assert "2024-03-02" in _newest(lake, "days")[0]

    _deliver(landing, "days", "d.csv", "2,2024-03-03,31", "3,2024-03-05,50")
    (said,) = _run(lake, landing, own, "days")
    assert said.startswith("made/days/a.csv: 1 good rows of 20240303 gave way to made/days/d.csv")
    assert _newest(lake, "days")[1] == 1
    assert _held(spark, lake, "days") == [
        ("1", "2024-03-01", 10), ("1", "2024-03-02", 20), ("1", "2024-03-04", 40), ("2", "2024-03-03", 31),
        ("3", "2024-03-05", 50),
    ]  # fmt: skip


def test_a_delivery_without_a_good_row_takes_no_place(
    spark: SparkSession, lake: Lake, landing: Path, own: Path
) -> None:
    _deliver(landing, "days", "a.csv", "1,2024-03-01,10")
    _run(lake, landing, own, "days")
    _deliver(landing, "days", "b.csv")
    run(str(lake.root), str(landing), ["made.days"], own=str(own))

    assert _held(spark, lake, "days") == [("1", "2024-03-01", 10)]


def test_periods_of_times_are_looked_for_among_all_rows(
    spark: SparkSession, lake: Lake, landing: Path, own: Path
) -> None:
    _deliver(landing, "moments", "a.csv", "1,2024-03-01 12:00:00,10", "1,2024-03-02 12:00:00,20")
    _run(lake, landing, own, "moments")
    _deliver(landing, "moments", "b.csv", "1,2024-03-02 13:00:00,21", "1,2024-03-03 13:00:00,30")
    _run(lake, landing, own, "moments")

    assert _held(spark, lake, "moments") == [("1", "2024-03-01", 10), ("1", "2024-03-02", 21), ("1", "2024-03-03", 30)]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [("2024-03-05", "2024-03-09", 0), ("2024-02-01", "2024-02-29", 0), ("2024-03-03", "2024-03-09", 1),
     ("2024-01-01", "2024-03-01", 1), ("2024-03-02", "2024-03-02", 1)],
)  # fmt: skip
def test_files_that_hold_days_are_told_by_the_log(
    spark: SparkSession, tmp_path: Path, first: str, last: str, found: int
) -> None:
    path = tmp_path / "table"
    rows = spark.sql("select explode(array(date'2024-03-01', date'2024-03-04')) as on, 1 as n").coalesce(1)
    rows.write.format("delta").save(str(path))

    days = date.fromisoformat(first), date.fromisoformat(last)
    assert len(delta.files_between(path, {"on": days})) == found
    assert len(delta.files_between(path, {"nothing_noted": days})) == 1
    assert delta.files_between(tmp_path / "none", {"on": days}) == []
