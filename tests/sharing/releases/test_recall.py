"""A recalled delivery is followed to every version, release, set and recipient that it reached, and to no other."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from rain_lake import FIRST, GOLD, RAIN, ROWS, SECOND, checked, gold, rain_of, silver, write

from lakeward.jobs import recall as recalling
from lakeward.jobs.cli import main
from lakeward.jobs.publish import publish
from lakeward.jobs.sets import make
from lakeward.lake import delta, ledger
from lakeward.lake.errors import UsageError
from lakeward.lake.ledger import Entry
from lakeward.lake.records import Records
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Changes, Snapshot
from lakeward.sharing.releases import keys, recall
from lakeward.sharing.releases.reach import delivery_of, reach
from lakeward.sharing.releases.verify import verify

AUDIT = Records(
    "_audit",
    "audit",
    {
        "at": pa.timestamp("us", "UTC"), "recipient": pa.string(), "action": pa.string(), "table_name": pa.string(),
        "version": pa.int64(), "status": pa.int32(), "files": pa.int64(), "bytes": pa.int64(),
    },
)  # fmt: skip


def _received(lake: Lake, *shas: str, dataset: str = "made.rain") -> list[Entry]:
    told = [
        Entry(dataset, f"made/rain/{sha[:4]}.csv", sha, 1, "", "received", "", "", 0, "f", "utf-8", ("a",), False)
        for sha in shas
    ]
    ledger.record(lake, "r", told)
    return told


@pytest.fixture
def story(lake: Lake) -> Lake:
    """Three versions of gold, each released: without the second delivery, with it, and without it again."""
    _received(lake, FIRST, SECOND)
    for number, shas in enumerate(([FIRST], [FIRST, SECOND], [FIRST])):
        silver(lake, shas)
        gold(lake, ROWS[: number + 1], made_from=number)
        publish(lake, GOLD, "r")
    return lake


def test_what_was_reached_is_found_and_nothing_else(story: Lake) -> None:
    found = reach(story, delivery_of(story, SECOND[:10]), {GOLD.name: GOLD})

    assert found.versions == {"silver.made.rain": [1], "gold.rain": [1]}
    assert [(each["table"], each["release"]) for each in found.releases] == [("gold.rain", "1.1")]
    both = reach(story, delivery_of(story, f"made/rain/{FIRST[:4]}.csv"), {GOLD.name: GOLD})
    assert both.versions == {"silver.made.rain": [0, 1, 2], "gold.rain": [0, 1, 2]}


@pytest.mark.parametrize("seed", range(4))
def test_planted_rows_in_a_web_of_tables_are_found_exactly(lake: Lake, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - to repeat what fails
    shas = [f"{number:064x}" for number in range(1, 5)]
    _received(lake, *shas)
    entry = delivery_of(lake, dice.choice(shas))
    for _ in range(3):
        held = dice.sample(shas, dice.randint(1, 3))
        write(lake, "silver.made.rain", pa.table({"_sha256": held, "mark": [sha == entry.sha256 for sha in held]}))
    tables = ["silver.made.rain"]
    for name in ("gold.a", "gold.b", "gold.c", "gold.d"):
        for _ in range(dice.randint(1, 3)):
            inputs, marks = {}, []
            for each in dice.sample(tables, dice.randint(1, len(tables))):
                newest = delta.version_of(lake.table(each)) or 0
                inputs[each] = dice.randint(0, newest)
                marks += DeltaTable(str(lake.table(each)), inputs[each]).to_pyarrow_table()["mark"].to_pylist()
            write(lake, name, pa.table({"mark": marks}), inputs=inputs)
        tables.append(name)
    planted: dict[str, list[int]] = {}
    for name in tables:
        for version in range((delta.version_of(lake.table(name)) or 0) + 1):
            if any(DeltaTable(str(lake.table(name)), version).to_pyarrow_table()["mark"].to_pylist()):
                planted.setdefault(name, []).append(version)

    assert reach(lake, entry, {}).versions == planted


def test_changes_carry_a_delivery_past_the_version_that_dropped_it(story: Lake) -> None:
    kept = replace(RAIN, combine=Snapshot(keep_history=True))
    of_changes = replace(GOLD, inputs=(Changes(kept),))

    assert reach(story, delivery_of(story, SECOND), {"gold.rain": of_changes}).versions["gold.rain"] == [1, 2]


def test_a_version_of_merged_files_is_reached_as_the_one_before(story: Lake) -> None:
    gold(story, ROWS, made_from=1)
    write(story, "gold.rain", rain_of(ROWS), mode="append", inputs={"silver.made.rain": 1})
    DeltaTable(str(story.table("gold.rain"))).optimize.compact()

    assert reach(story, delivery_of(story, SECOND), {}).versions["gold.rain"] == [1, 3, 4, 5]


def test_a_version_whose_files_are_gone_counts_as_reached_where_bronze_held_it(lake: Lake) -> None:
    _received(lake, FIRST, SECOND)
    held = pa.table({"_sha256": [FIRST, SECOND], "text": ["a", "b"]})
    lake.table("bronze.made.rain").mkdir(parents=True)
    from deltalake import write_deltalake

    write_deltalake(str(lake.table("bronze.made.rain")), held, partition_by=["_sha256"])
    write(lake, "silver.made.rain", pa.table({"_sha256": [FIRST, SECOND]}), bronze=0)
    write(lake, "silver.made.rain", pa.table({"_sha256": [FIRST]}), bronze=0)
    DeltaTable(str(lake.table("silver.made.rain"))).vacuum(0, dry_run=False, enforce_retention_duration=False)

    assert reach(lake, delivery_of(lake, SECOND), {}).versions == {"silver.made.rain": [0]}


def test_recipients_are_known_from_the_log_of_the_sharing_server(story: Lake) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"at": at, "action": "query", "table_name": "Rain", "version": 1, "status": 200, "files": 1, "bytes": 10}
    told = [
        {**row, "recipient": "ministry"},
        {**row, "recipient": "ministry", "at": at.replace(hour=5), "bytes": 5},
        {**row, "recipient": "of another version", "version": 0},
        {**row, "recipient": "refused", "status": 403},
        {**row, "recipient": "only looked", "action": "metadata", "files": 0},
        {**row, "recipient": "unknown version", "version": None},
        {**row, "recipient": "another table", "table_name": "wet"},
    ]
    AUDIT.add(story, told)

    found = reach(story, delivery_of(story, SECOND), {GOLD.name: GOLD})

    assert [(each.recipient, each.version, each.bytes) for each in found.receipts] == [
        ("ministry", 1, 15), ("unknown version", None, 10),
    ]  # fmt: skip
    assert found.receipts[0].last_at == at.replace(hour=5)


def test_a_recall_marks_what_was_reached_and_publishes_an_erratum_without_recipients(
    story: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.new(tmp_path / "key").public
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "key"))
    AUDIT.add(story, [{
        "at": datetime(2026, 1, 1, tzinfo=UTC), "recipient": "ministry", "action": "query", "table_name": "rain",
        "version": 1, "status": 200, "files": 1, "bytes": 10,
    }])  # fmt: skip
    _, name = recalling.recall(story, SECOND, {GOLD.name: GOLD}, "the gauge of 甲縣 was broken")
    file = story.root / "published" / recall.FOLDER / f"{name}.json"
    told = json.loads(file.read_text("utf-8"))

    assert "ministry" not in file.read_text("utf-8")
    assert told["delivery"]["sha256"] == SECOND
    assert told["tables"]["gold.rain"]["versions"] == [1]
    assert [each["release"] for each in told["tables"]["gold.rain"]["releases"]] == ["1.1"]
    assert told["tables"]["gold.rain"]["use_instead"] == "1.2"
    key.check(file.read_bytes(), file.with_name(f"{file.name}.minisig").read_text("utf-8"))
    marked = {each.name: recall.marks(each) for each in story.releases("gold.rain").glob("*/")}
    assert {number: bool(each) for number, each in marked.items()} == {"1.0": False, "1.1": True, "1.2": False}
    assert (story.releases("gold.rain") / "1.1" / marked["1.1"][0]["erratum"]).resolve() == file
    rows = recall.TABLE.all(story)
    assert {(row["table_name"], row["version"]) for row in rows} == {("silver.made.rain", 1), ("gold.rain", 1)}
    assert {row["recipient"] for row in rows} == {None, "ministry"}
    assert "更正 erratum" in (story.root / "published" / "feed.xml").read_text("utf-8")
    found = verify(story.root)
    assert found.problems == []
    assert any("the gauge of 甲縣 was broken" in each for each in found.notes)
    recalling.recall(story, SECOND, {GOLD.name: GOLD}, "the gauge of 甲縣 was broken")
    assert len(recall.marks(story.releases("gold.rain") / "1.1")) == 1
    file.write_text(file.read_text("utf-8").replace("甲縣", "乙縣"), "utf-8")
    assert any("erratum" in each and "signature" in each for each in verify(story.root).problems)


def test_a_recall_can_withdraw_and_names_the_sets(lake: Lake) -> None:
    _received(lake, FIRST)
    silver(lake, [FIRST])
    gold(lake)
    checked(lake, "r")
    make(lake, "2026Q3", [GOLD])

    found, name = recalling.recall(lake, FIRST, {GOLD.name: GOLD}, "wrong", withdraws=True)
    told = json.loads((lake.root / "published" / recall.FOLDER / f"{name}.json").read_text("utf-8"))

    assert found.sets == told["sets"] == ["2026Q3"]
    assert told["tables"]["gold.rain"]["releases"][0]["is_withdrawn"]
    assert told["tables"]["gold.rain"]["use_instead"] is None


def test_without_a_reason_nothing_is_written(story: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(str(each) for each in story.root.rglob("*"))

    assert main(["recall", SECOND[:12], "--lake", str(story.root)]) == 0
    shown = capsys.readouterr().out
    assert main(["recall", SECOND[:12], "--lake", str(story.root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert "nothing is marked yet" in shown
    assert told["versions"]["gold.rain"] == [1]
    assert sorted(str(each) for each in story.root.rglob("*")) == before
    assert main(["recall", SECOND, "--withdraw", "--lake", str(story.root)]) == 2


def test_a_duplicate_by_another_name_is_the_delivery_that_came_first(story: Lake) -> None:
    twin = replace(ledger.entries(story)[1], file="made/rain/twin.csv", status="duplicate", seen_at=None)
    ledger.record(story, "r", [twin])

    assert delivery_of(story, "made/rain/twin.csv").file == f"made/rain/{SECOND[:4]}.csv"


def test_what_is_no_delivery_or_several_is_told(story: Lake) -> None:
    _received(story, SECOND[:20] + "0" * 44)
    for named in ("nowhere.csv", SECOND[:4], SECOND[:10]):
        with pytest.raises(UsageError):
            delivery_of(story, named)
    with pytest.raises(UsageError, match="without a reason"):
        recalling.recall(story, SECOND, {}, " ")
