"""What is to be done is decided without Spark, from the files, the ledger and the tables' logs."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake

from lakeward.jobs.arrivals import Arrival
from lakeward.jobs.extent import Extent, extents
from lakeward.jobs.fingerprints import reading_of
from lakeward.jobs.order import ordered
from lakeward.jobs.plan import DatasetPlan, Plan, plan
from lakeward.jobs.report import plan_text
from lakeward.jobs.silver import SilverState
from lakeward.lake import landing as zone
from lakeward.lake import ledger
from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Csv, Curated, Dataset, Source

WELLS = Dataset(
    name="made.wells",
    title="Wells",
    title_zh="水井",
    agency="nobody",
    source=Source("made/wells/*.csv", licence="not stated", cadence="never", format=Csv(encoding="utf-8")),
    columns=(
        Open("well", "string", "well", cell="井號", key=True),
        Open("depth_m", "double", "depth", cell="深度"),
    ),
)
TABLE = Curated("gold.wells", "Wells", "水井", (WELLS,), "one row a well", WELLS.columns, lambda rows: rows)
GOOD = "井號,深度\n甲,1\n"


@pytest.fixture
def folder(landing: Path) -> Path:
    path = landing / "made" / "wells"
    path.mkdir(parents=True)
    return path


def _planned(lake: Lake, landing: Path, dataset: Dataset = WELLS) -> tuple[Plan, dict[str, Arrival]]:
    told = plan(lake, str(landing), [dataset])
    step = told.steps[dataset.name]
    assert isinstance(step, DatasetPlan)
    return told, {Path(each.delivery.file).name: each for each in step.arrivals}


def _note(lake: Lake, landing: Path) -> None:
    step = plan(lake, str(landing), [WELLS]).steps[WELLS.name]
    assert isinstance(step, DatasetPlan)
    ledger.record(lake, "run", step.entries(step.arrivals))


def test_new_files_are_counted_and_twins_and_strangers_are_told(lake: Lake, landing: Path, folder: Path) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    (folder / "b.csv").write_text(GOOD, "utf-8")
    (folder / "c.csv").write_text(f"{GOOD}乙,2\n", "utf-8")
    (folder / "notes.txt").write_text("x")

    told, arrivals = _planned(lake, landing)
    step = told.steps[WELLS.name]

    assert not told.is_idle
    assert {name: each.status for name, each in arrivals.items()} == {
        "a.csv": "new",
        "b.csv": "duplicate",
        "c.csv": "new",
    }
    assert step.why == "2 new deliveries"
    assert isinstance(step, DatasetPlan)
    assert step.warnings == (
        "made/wells/b.csv: the same bytes as made/wells/a.csv",
        "made/wells/notes.txt: no declaration reads it",
    )


def test_a_plan_is_long_by_what_is_to_be_read(
    lake: Lake, landing: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    size = len(GOOD.encode())

    found = []
    for bytes_ in (size, size + 1):
        monkeypatch.setattr("lakeward.jobs.bulk.LONG_BYTES", bytes_)
        found.append(_planned(lake, landing)[0].is_long)

    assert found == [True, False]


@pytest.mark.parametrize("with_landing", [True, False])
def test_a_plan_is_long_too_by_what_lies_in_bronze_and_is_to_be_judged_anew(
    lake: Lake, landing: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, with_landing: bool
) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    _note(lake, landing)
    (entry,) = ledger.entries(lake)
    anew = SilverState(0, frozenset({entry.sha256}), True, "the declaration or its engine changed")
    monkeypatch.setattr("lakeward.jobs.plan.silver_state", lambda *_: anew)
    monkeypatch.setattr("lakeward.jobs.plan.readings_of", lambda *_: {entry.sha256: entry.reading})

    found = []
    for bytes_ in (entry.bytes, entry.bytes + 1):
        monkeypatch.setattr("lakeward.jobs.bulk.LONG_BYTES", bytes_)
        found.append(plan(lake, str(landing) if with_landing else None, [WELLS]).is_long)

    assert found == [True, False]


def test_a_data_set_is_small_by_the_text_of_all_its_files(
    lake: Lake, landing: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = replace(WELLS, source=replace(WELLS.source, files="made/wells/*"))
    (folder / "a.csv").write_text(GOOD, "utf-8")
    zipped = gzip.compress(GOOD.encode())
    (folder / "b.csv.gz").write_bytes(zipped)
    text = len(GOOD.encode()) + 8 * len(zipped)

    found = []
    for bytes_ in (text, text - 1):
        monkeypatch.setattr("lakeward.jobs.bulk.SMALL_BYTES", bytes_)
        step = _planned(lake, landing, packed)[0].steps[packed.name]
        assert isinstance(step, DatasetPlan)
        found.append(step.is_small)

    assert found == [True, False]
    unseen = plan(lake, None, [WELLS]).steps[WELLS.name]
    assert isinstance(unseen, DatasetPlan)
    assert not unseen.is_small, "nobody looked how much it is"


def test_nothing_but_bad_files_needs_no_spark(lake: Lake, landing: Path, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"")
    (folder / "b.csv").write_text("井號,深度\n", "utf-8")

    told, arrivals = _planned(lake, landing)

    assert told.is_idle
    assert {each.exit_code for each in arrivals.values()} == {65}
    assert all(each.remedy for each in arrivals.values())


def test_a_verdict_stands_until_the_declaration_changes(
    lake: Lake, landing: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_text("井號,深度\n", "utf-8")
    _note(lake, landing)
    monkeypatch.setattr(zone, "_sha256", lambda _: pytest.fail("the file was read again"))

    _, again = _planned(lake, landing)
    _, lenient = _planned(lake, landing, replace(WELLS, source=replace(WELLS.source, may_be_empty=True)))

    assert (again["a.csv"].status, again["a.csv"].reason) == ("refused", "the file has a header and no rows")
    assert lenient["a.csv"].status == "empty"


def test_a_file_that_comes_again_whole_is_looked_at_again(lake: Lake, landing: Path, folder: Path) -> None:
    (folder / "a.csv").write_text("", "utf-8")
    _note(lake, landing)

    (folder / "a.csv").write_text(GOOD, "utf-8")

    assert _planned(lake, landing)[1]["a.csv"].status == "new"


def test_a_file_that_may_not_be_opened_is_refused_and_the_others_go_on(
    lake: Lake, landing: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    (folder / "b.csv").write_text(f"{GOOD}乙,2\n", "utf-8")
    read = zone._sha256

    def closed(path: str) -> str:
        if path.endswith("a.csv"):
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(zone, "_sha256", closed)

    _, arrivals = _planned(lake, landing)

    assert (arrivals["a.csv"].status, arrivals["a.csv"].exit_code) == ("refused", 65)
    assert "Permission denied" in arrivals["a.csv"].reason
    assert arrivals["b.csv"].status == "new"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read")
def test_another_users_closed_file_is_refused(lake: Lake, folder: Path, landing: Path) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    (folder / "a.csv").chmod(0o600)
    above = [path for path in folder.parents if path.stat().st_mode & 0o005 != 0o005]
    if any(path.stat().st_uid for path in above):
        pytest.skip("folders above belong to others")
    modes = {path: path.stat().st_mode for path in above}
    try:
        for path in above:
            path.chmod(0o755)
        os.seteuid(65534)
        arrivals = _planned(lake, landing)[1]
    finally:
        os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)

    assert arrivals["a.csv"].status == "refused"
    assert "Permission denied" in arrivals["a.csv"].reason


def test_a_table_on_what_was_never_built_waits_for_its_inputs(lake: Lake, landing: Path, folder: Path) -> None:
    assert plan(lake, str(landing), [WELLS, TABLE]).is_idle

    (folder / "a.csv").write_text(GOOD, "utf-8")
    told = plan(lake, str(landing), [WELLS, TABLE])

    assert told.steps["gold.wells"].why == "its inputs change: silver.made.wells"


def test_deliveries_are_ordered_by_edition_then_arrival_then_time_then_name() -> None:
    arrivals = [
        ("a", 1, "2026-01-01", "x_202001.csv"),
        ("b", 0, "2026-01-02", "x_202002.csv"),
        ("c", 0, "2026-01-01", "z_202002.csv"),
        ("d", 0, "2026-01-01", "y_202002.csv"),
        ("e", 2, "2026-01-01", "no edition.csv"),
    ]

    assert [*ordered(arrivals, replace(WELLS.source, edition=r"_(\d{6})"))] == ["e", "a", "d", "c", "b"]
    assert [*ordered(arrivals, WELLS.source)] == ["d", "c", "b", "a", "e"]
    assert ordered(arrivals, WELLS.source)["e"] == 4


def test_a_header_is_held_against_the_last_good_delivery(lake: Lake, landing: Path, folder: Path) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    _note(lake, landing)
    (folder / "b.csv").write_text("深度,井號,井主\n2,乙,甲\n", "utf-8")
    (folder / "c.csv").write_text("井號,井深\n丙,3\n", "utf-8")

    _, arrivals = _planned(lake, landing)

    assert arrivals["b.csv"].warnings == (
        "columns that nothing declares: 井主; new since made/wells/a.csv: 井主 (after 井號)",
        "columns in another place than in made/wells/a.csv: 井號; they are read by name",
    )
    assert arrivals["c.csv"].status == "refused"
    assert "深度 is perhaps 井深 now" in arrivals["c.csv"].remedy


def test_a_plan_tells_how_much_it_is_about_to_read(lake: Lake, landing: Path, folder: Path) -> None:
    (folder / "a.csv").write_text(GOOD, "utf-8")
    size = len(GOOD.encode())
    first = plan(lake, str(landing), [WELLS, TABLE])

    assert extents(lake, first) == {WELLS.name: Extent(size, None), TABLE.name: Extent(0, None)}

    _note(lake, landing)
    sha256 = _planned(lake, landing)[1]["a.csv"].delivery.sha256
    note = CommitProperties(custom_metadata={"userMetadata": '{"lakeward": 1, "reading": "%s"}' % reading_of(WELLS)})  # noqa: UP031
    rows = pa.table({"_sha256": [sha256] * 3, "well": ["x"] * 3})
    write_deltalake(lake.table("bronze.made.wells"), rows, partition_by=["_sha256"], commit_properties=note)
    (folder / "b.csv").write_text(f"{GOOD}乙,2\n丙,3\n", "utf-8")
    more = (folder / "b.csv").stat().st_size
    second = extents(lake, plan(lake, str(landing), [WELLS]))[WELLS.name]

    held = sum(file.stat().st_size for file in lake.table("bronze.made.wells").rglob("*.parquet"))
    assert second == Extent(more + held, round(3 * more / size) + 3)  # silver is not there yet: bronze is read as well
    assert f"reads about {second.rows} rows" in plan_text(plan(lake, str(landing), [WELLS]), {WELLS.name: second})
