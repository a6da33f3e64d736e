"""Snapshots that keep their history: what each delivery changed, told once, in order, after crashes and late arrivals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs import editions, merging
from lakeward.jobs.plan import plan
from lakeward.jobs.run import Report, run
from lakeward.lake import delta
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, select
from lakeward.pipelines.dataset import Changes, Dataset, Snapshot, Source

DECLARATIONS = """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import *

BOOKS = Dataset(
    name="made.books", title="Made", title_zh="虛構", agency="nobody",
    source=Source("made/books/*.csv", "OGDL-TW-1.0", "never", Csv(encoding="utf-8"), edition=r"^(\\d{4}-\\d\\d)"),
    columns=(
        Open("id", "string", "id", cell="號", key=True),
        Open("value", "int", "value", cell="值"),
        Open("note", "string", "remark", cell="註"),
    ),
    combine=Snapshot(keep_history=True),
)
FEED = Curated(
    "gold.book_feed", "Made", "虛構", inputs=(Changes(BOOKS), BOOKS), grain="a change",
    columns=(
        Open("change_no", "bigint", "no", key=True), Open("change", "string", "change", key=True),
        Open("id", "string", "id", key=True), Open("value", "int", "value"), Open("edition", "string", "edition"),
        Open("is_held", "boolean", "in the newest version"),
    ),
    build=lambda feed, books: feed.join(books.selectExpr("id", "true as is_held"), "id", "left"),
)
"""
FIRST = {"2026-01.csv": "a,1,\nb,2,x\nc,3,\n", "2026-03.csv": "a,1,\nb,20,x\nd,4,\n", "2026-02.csv": ""}
THEN = {"2026-04.csv": "a,1,y\nb,20,x\nd,4,\n"}
LATE = {"2026-02.csv": "a,1,\nb,2,x\nc,3,\ne,5,\n"}
INSERT, BEFORE, AFTER, DELETE = "insert", "update_preimage", "update_postimage", "delete"
OF_MARCH = {("2026-03", BEFORE, "b", 2), ("2026-03", AFTER, "b", 20), ("2026-03", INSERT, "d", 4)}
OF_JANUARY = {("2026-01", INSERT, name, value) for name, value in (("a", 1), ("b", 2), ("c", 3))}


@pytest.fixture(params=["by Arrow", "by Spark"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by Spark":
        monkeypatch.setattr(merging, "MOST_CELLS", 0)


@dataclass
class Shelf:
    """A lake and its landing zone."""

    root: Path

    @property
    def lake(self) -> Lake:
        return Lake.at(str(self.root / "lake"))

    @property
    def silver(self) -> Path:
        return self.lake.table("silver.made.books")

    def deliver(self, files: dict[str, str]) -> Report:
        folder = self.root / "landing/made/books"
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in files.items():
            (folder / name).write_text(f"號,值,註\n{rows}" if rows else "", "utf-8")
        (self.root / "own").mkdir(exist_ok=True)
        (self.root / "own/books.py").write_text(DECLARATIONS, "utf-8")
        return run(str(self.lake.root), str(self.root / "landing"), ["gold.book_feed"], own=str(self.root / "own"))

    def is_idle(self) -> bool:
        tables = select(declared(str(self.root / "own")), ["gold.book_feed"])
        return plan(self.lake, str(self.root / "landing"), tables.values()).is_idle

    def rows(self, table: str) -> list[dict[str, Any]]:
        opened = delta.opened(self.lake.table(table))
        assert opened
        rows: list[dict[str, Any]] = opened.to_pyarrow_table().to_pylist()
        return rows

    def feed(self) -> Counter[tuple[str, str, str, int]]:
        return Counter((r["edition"], r["change"], r["id"], r["value"]) for r in self.rows("gold.book_feed"))

    def made_from(self) -> list[tuple[int, str]]:
        return [(each.version, each.edition) for each in editions.editions(self.silver)]


@pytest.mark.usefixtures("way")
def test_each_delivery_is_a_version_and_what_it_changed_is_told_once(spark: SparkSession, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)

    report = shelf.deliver(FIRST)

    assert report.exit_code == 65  # of the empty file
    assert shelf.made_from() == [(0, "2026-01"), (1, "2026-03")]
    assert shelf.feed() == Counter(OF_JANUARY | OF_MARCH | {("2026-03", DELETE, "c", 3)})
    assert {r["id"]: Path(r["_file"]).name for r in shelf.rows("silver.made.books")} == {
        "a": "2026-01.csv",  # unchanged since
        "b": "2026-03.csv",
        "d": "2026-03.csv",
    }

    shelf.deliver(THEN)

    of_april = {("2026-04", BEFORE, "a", 1), ("2026-04", AFTER, "a", 1)}
    assert shelf.made_from() == [(0, "2026-01"), (1, "2026-03"), (2, "2026-04")]
    assert shelf.feed() == Counter(OF_JANUARY | OF_MARCH | {("2026-03", DELETE, "c", 3)} | of_april)
    assert shelf.is_idle()

    shelf.deliver(LATE)  # what was refused as empty comes whole, and belongs before what is there

    assert [edition for _, edition in shelf.made_from()] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    gone = {("2026-03", DELETE, "c", 3), ("2026-03", DELETE, "e", 5), ("2026-02", INSERT, "e", 5)}
    assert shelf.feed() == Counter(OF_JANUARY | OF_MARCH | gone | of_april)
    assert {r["change_no"]: r["edition"] for r in shelf.rows("gold.book_feed")} == {
        1: "2026-01", 2: "2026-02", 3: "2026-03", 4: "2026-04",
    }  # fmt: skip
    assert {r["id"] for r in shelf.rows("gold.book_feed") if r["is_held"]} == {"a", "b", "d"}
    assert shelf.is_idle()


@pytest.mark.usefixtures("way")
def test_a_delivery_that_changes_no_row_is_a_version_too(spark: SparkSession, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.deliver({"2026-01.csv": FIRST["2026-01.csv"]})

    shelf.deliver({"2026-02.csv": FIRST["2026-01.csv"] + "\n"})

    assert [edition for _, edition in shelf.made_from()] == ["2026-01", "2026-02"]
    assert shelf.feed() == Counter(OF_JANUARY)
    assert shelf.is_idle()


def test_a_run_that_died_between_two_deliveries_goes_on_with_the_second(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, merge = Shelf(tmp_path), editions._merge

    def die(*_: object) -> None:
        raise OSError("the machine went down")

    monkeypatch.setattr(editions, "_merge", die)
    assert shelf.deliver(FIRST).exit_code == 70
    assert shelf.made_from() == [(0, "2026-01")]
    assert "counts" not in delta.note_of(shelf.silver)
    assert not shelf.is_idle()

    monkeypatch.setattr(editions, "_merge", merge)
    step = next(step for step in shelf.deliver({}).steps if step.table_name == "silver.made.books")

    assert (step.deliveries, step.rows_read, step.rows_written) == (1, 3, 3)
    assert shelf.made_from() == [(0, "2026-01"), (1, "2026-03")]
    assert shelf.feed() == Counter(OF_JANUARY | OF_MARCH | {("2026-03", DELETE, "c", 3)})
    assert shelf.is_idle()


def test_a_table_that_kept_no_history_begins_one(spark: SparkSession, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    spark.range(3).write.format("delta").save(str(shelf.silver))

    shelf.deliver({"2026-01.csv": FIRST["2026-01.csv"]})

    assert shelf.feed() == Counter(OF_JANUARY)


def test_changes_of_a_table_without_history_are_refused() -> None:
    made = Dataset("made.books", "Made", "虛構", "nobody", Source("made/*.csv", "", ""), (), combine=Snapshot())

    with pytest.raises(UsageError, match="keeps no history"):
        Changes(made)
