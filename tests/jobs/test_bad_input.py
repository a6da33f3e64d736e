"""One run over every kind of bad input: each is told clearly, and everything that can go on goes on."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.plan import plan
from lakeward.jobs.run import Report, run
from lakeward.lake import delta, ledger, runs, session
from lakeward.lake.errors import NothingSelected, TryAgainLater, UsageError
from lakeward.lake.lease import Lease
from lakeward.lake.release import newest
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, select

OWN = str(Path(__file__).parent / "declared")
SELECTED = ("mess.*", "gold.mess_*")
HEAD = "站,日期,雨量(mm),(備註)\n"
GOOD = HEAD + "甲,2021-01-01,1.5,\n乙,2021-01-01,T,\n"
LATE = HEAD.encode() + b"".join(f"S{n},2021-01-01,{n % 9},-\n".encode() for n in range(60_000))

REFUSED: dict[str, tuple[bytes, str, str]] = {  # content, what is said, what is to be done
    "empty.csv": (b"", "the file is empty", "download it again"),
    "header only.csv": (HEAD.encode(), "a header and no rows", "ask the agency"),
    "header and footer.csv": (f"{HEAD}資料提供：某局,,,\n".encode(), "a header and no rows", "ask the agency"),
    "cut.csv.gz": (gzip.compress(GOOD.encode() * 99)[:-9], "cut or damaged", "download the file again"),
    "twice.csv.gz": (gzip.compress(gzip.compress(GOOD.encode())), "packed twice", "unpack it once"),
    "big5.csv": (GOOD.encode("cp950"), "is not utf-8", "it reads as cp950"),
    "page.csv": (b"<!doctype html><title>404</title>", "web page", "download it again"),
    "renamed.csv": (GOOD.replace("雨量(mm)", "降雨量(mm)").encode(), "lacks 雨量(mm)", "perhaps 降雨量(mm) now"),
    "removed.csv": (b"\xe7\xab\x99,day\n1,2\n", "lacks 日期, 雨量(mm)", "the declaration of mess.refused"),
    "quote.csv": (GOOD.encode() + b'"' + "丙,2021-01-01\n".encode() * 20_000, "quote", "ask the agency"),
    "damaged 後段.csv": (LATE + b"\xff\xfe,2021-01-01,1,\n", f"byte {len(LATE)} is not utf-8", "damaged"),
    "marked.csv": (b"\xef\xbb\xbf" + GOOD.encode("cp950"), "marked as utf-8-sig", "download it again"),
}  # fmt: skip
ACCEPTED: dict[str, str] = {  # ok with two rows that belong in quarantine, and the ones under it
    "01 有空白 與中文.csv": "\ufeff" + GOOD.replace("\n", "\r\n"),
    "02 reordered.csv": "(備註),雨量(mm),日期,站\n甲的,3,110/01/02,甲\n",
    "03 added.csv": "站,新欄,日期,雨量(mm),站\n乙,?,2021-01-02,X,不是站\n",
    "04 rows.csv": HEAD
    + '"丙","2021-01-03",4,"二\n行"\n丁,2021-01-03,5,\n甲,2021-01-03\n甲,2021-02-30,6,原\n,2021-01-03,7,\n甲,2021-01-04,-1,\n'
    + "甲,2021-01-04,八,\n甲,2021-01-01,9,重\n資料提供：某局\n",
    "05 no rows.csv": HEAD,
    "06 same bytes.csv": "(備註),雨量(mm),日期,站\n甲的,3,110/01/02,甲\n",
}


@dataclass(frozen=True)
class Scene:
    """A lake, its landing root, and what the first run over it told."""

    lake: Lake
    landing: Path
    report: Report

    def step(self, table: str) -> Step:
        return next(step for step in self.report.steps if step.table_name == table)

    def rows(self, table: str) -> list[dict[str, Any]]:
        opened = delta.opened(self.lake.table(table))
        return opened.to_pyarrow_table().to_pylist() if opened else []


@pytest.fixture(scope="module")
def scene(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    root = tmp_path_factory.mktemp("bad input")
    landing = root / "landing"
    for name in ("refused", "accepted", "swapped", "emptied"):
        (landing / "mess" / name).mkdir(parents=True)
    (landing / "mess" / "refused" / "good.csv").write_text(GOOD, "utf-8")
    for name, (content, _, _) in REFUSED.items():
        (landing / "mess" / "refused" / name).write_bytes(content)
    (landing / "mess" / "refused" / "folder.csv").mkdir()
    (root / "outside.csv").write_text(GOOD, "utf-8")
    (landing / "mess" / "refused" / "link.csv").symlink_to(root / "outside.csv")
    for name, text in ACCEPTED.items():
        (landing / "mess" / "accepted" / name).write_text(text, "utf-8", newline="")
    swapped = GOOD.replace("站,日期", "日期,站")
    (landing / "mess" / "swapped" / "names.csv").write_text(swapped, "utf-8")
    (landing / "mess" / "emptied" / "bad.csv").write_text(f"{HEAD}甲,某日,1,\n", "utf-8")
    lake = Lake.at(str(root / "a lake 湖"))
    return Scene(lake, landing, run(str(lake.root), str(landing), SELECTED, own=OWN))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_reason_and_remedy(scene: Scene, name: str) -> None:
    _, says, remedy = REFUSED[name]
    said = scene.step("silver.mess.refused").error.split(f"mess/refused/{name}: ")
    entry = [e for e in ledger.entries(scene.lake) if e.file == f"mess/refused/{name}"][-1]

    assert len(said) == 2
    told = said[1].split("\n")
    assert says in told[0]
    assert remedy in told[1]
    assert (entry.status, entry.exit_code) == ("refused", 65)
    assert says in entry.reason
    assert remedy in entry.remedy


def test_the_good_file_beside_them_is_loaded_whole(scene: Scene) -> None:
    step = scene.step("silver.mess.refused")
    kept = {(row["station"], row["rain_mm"], row["_file"], row["_row"]) for row in scene.rows("silver.mess.refused")}

    assert kept == {("甲", 1.5, "mess/refused/good.csv", 2), ("乙", 0.0, "mess/refused/good.csv", 3)}
    assert (step.outcome, step.exit_code, step.rows_read, step.rows_written) == ("refused", 65, 2, 2)
    assert {row["_file"] for row in scene.rows("bronze.mess.refused")} == {"mess/refused/good.csv"}


def test_folders_and_links_out_of_the_root_are_refused_unread(scene: Scene) -> None:
    told = {e.file: e for e in ledger.entries(scene.lake) if e.status == "refused"}

    assert "it is a folder" in told["mess/refused/folder.csv"].reason
    assert "leads out of the landing root" in told["mess/refused/link.csv"].reason
    assert told["mess/refused/link.csv"].sha256 == ""
    assert "put a regular file in its place" in scene.step("silver.mess.refused").error


def test_columns_are_matched_by_name_whatever_their_order_and_company(scene: Scene) -> None:
    step = scene.step("silver.mess.accepted")
    kept = {
        (row["station"], str(row["day"]), row["rain_mm"], row["note"], row["_row"])
        for row in scene.rows("silver.mess.accepted")
    }

    assert kept == {
        ("甲", "2021-01-01", 1.5, None, 2),
        ("乙", "2021-01-01", 0.0, None, 3),
        ("甲", "2021-01-02", 3.0, "甲的", 2),
        ("乙", "2021-01-02", None, None, 2),
        ("丙", "2021-01-03", 4.0, "二\n行", 2),
        ("丁", "2021-01-03", 5.0, None, 4),
    }
    assert any("03 added.csv: columns that nothing declares: 新欄, 站" in said for said in step.warnings)
    assert any("station: not in the code list (1 rows kept)" in said for said in step.warnings)
    assert (step.outcome, step.exit_code) == ("built", 0)


def test_each_refused_row_lies_in_quarantine_as_delivered_with_its_reasons(scene: Scene) -> None:
    aside = {row["row_number"]: row for row in scene.rows("quarantine.mess.accepted")}

    assert {number: row["reasons"] for number, row in aside.items()} == {
        5: ["2 cells where the header has 4"],
        6: ["day: not a date"],
        7: ["station: no value"],
        8: ["rain_mm: not between 0 and 3000"],
        9: ["rain_mm: not a number"],
        10: ["repeats the key of an earlier row"],
    }
    assert dict(aside[6]["delivered"]) == {"站": "甲", "日期": "2021-02-30", "雨量_mm_": "6", "_備註__": "原"}
    assert {row["file"] for row in aside.values()} == {"mess/accepted/04 rows.csv"}


def test_read_is_written_and_quarantined_and_what_python_counts(scene: Scene) -> None:
    counted = 0
    for name in list(ACCEPTED)[:4]:
        text = (scene.landing / "mess" / "accepted" / name).read_text("utf-8-sig")
        records = [record for record in csv.reader(io.StringIO(text, newline="")) if record][1:]
        counted += sum(not record[0].startswith("資料提供") for record in records)
    step = scene.step("silver.mess.accepted")

    assert step.rows_read == counted == 12
    assert step.rows_written == len(scene.rows("silver.mess.accepted")) == 6
    assert step.rows_quarantined == len(scene.rows("quarantine.mess.accepted")) == 6
    assert step.rows_footer == 1
    assert len(scene.rows("bronze.mess.accepted")) == counted + step.rows_footer
    assert sum(step.reasons.values()) == 6


def test_the_same_bytes_under_another_name_are_recorded_and_loaded_once(scene: Scene) -> None:
    told = [e for e in ledger.entries(scene.lake) if e.file == "mess/accepted/06 same bytes.csv"]

    assert [(e.status, e.reason) for e in told] == [("duplicate", "the same bytes as mess/accepted/02 reordered.csv")]
    assert not any(row["_file"].endswith("06 same bytes.csv") for row in scene.rows("bronze.mess.accepted"))


def test_a_file_without_rows_is_a_delivery_where_the_declaration_says_so(scene: Scene) -> None:
    told = [e for e in ledger.entries(scene.lake) if e.file == "mess/accepted/05 no rows.csv"]

    assert [(e.status, e.exit_code) for e in told] == [("empty", 0)]


def test_swapped_names_are_refused_whole_and_every_row_is_in_quarantine(scene: Scene) -> None:
    step = scene.step("silver.mess.swapped")
    aside = scene.rows("quarantine.mess.swapped")

    assert (step.outcome, step.exit_code) == ("refused", 66)
    assert "100.0 % of 2 rows were refused, 5.0 % is allowed: day: not a date (2 rows)" in step.error
    assert "remedy:" in step.error
    assert (step.rows_read, step.rows_written, step.rows_quarantined) == (2, 0, 2)
    assert [row["reasons"] for row in aside] == [["day: not a date"]] * 2
    assert scene.step("silver.mess.swapped").version_after is None


def test_a_delivery_without_a_good_row_breaks_the_table_rule(scene: Scene) -> None:
    step = scene.step("silver.mess.emptied")

    assert (step.outcome, step.exit_code, step.rows_quarantined) == ("refused", 66, 1)
    assert "0 rows are left, the suite allows 1 to any number" in step.error


def test_tables_on_good_inputs_are_released_and_those_on_none_are_skipped(scene: Scene) -> None:
    good, skipped = scene.step("gold.mess_good"), scene.step("gold.mess_skipped")
    manifest = newest(scene.lake, "gold.mess_good")

    assert (good.outcome, good.rows_written, good.release) == ("built", 6, "1.0")
    assert manifest
    assert manifest["rows"] == 6
    assert manifest["inputs"] == {"silver.mess.accepted": 0}
    assert (skipped.outcome, skipped.exit_code) == ("skipped", 66)
    assert "silver.mess.swapped" in skipped.error


def test_a_data_set_without_deliveries_is_no_fault(scene: Scene) -> None:
    assert (scene.step("silver.mess.absent").outcome, scene.step("silver.mess.absent").exit_code) == ("unchanged", 0)


def test_the_gravest_exit_code_wins_and_the_run_is_on_record(scene: Scene) -> None:
    told = {step.table_name: step for step in runs.steps(scene.lake)}

    assert scene.report.exit_code == 66
    assert {step.table_name for step in scene.report.steps} == {*told, "silver.mess.absent"}
    assert told["silver.mess.accepted"].reasons == scene.step("silver.mess.accepted").reasons
    assert told["silver.mess.refused"].error == scene.step("silver.mess.refused").error


def test_running_again_needs_no_spark_and_changes_no_table_but_still_says_what_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def versions() -> dict[str, int | None]:
        names = [
            f"{layer}.mess.{name}"
            for layer in ("bronze", "silver", "quarantine")
            for name in ("refused", "accepted", "swapped")
        ]
        return {name: delta.version_of(scene.lake.table(name)) for name in (*names, "gold.mess_good", "_deliveries")}

    def no_spark(*_: object, **__: object) -> SparkSession:
        raise AssertionError("a session was started")

    monkeypatch.setattr(session, "session", no_spark)
    before = versions()
    tables = select(declared(OWN), SELECTED)

    assert plan(scene.lake, str(scene.landing), tables.values()).is_idle
    again = run(str(scene.lake.root), str(scene.landing), SELECTED, own=OWN)

    assert versions() == before
    assert again.exit_code == 66
    assert {step.table_name: step.exit_code for step in again.steps} == {
        step.table_name: step.exit_code for step in scene.report.steps
    }
    told = next(step for step in again.steps if step.table_name == "silver.mess.refused")
    assert all(f"mess/refused/{name}: " in told.error for name in REFUSED)


@pytest.mark.parametrize(
    ("ask", "says", "remedy"),
    [
        (
            lambda root: (f"{root}/lake", f"{root}/nowhere", ["mess.accepted"]),
            "there is no landing folder",
            "--landing",
        ),
        (lambda root: (f"{root}/file/lake", str(root), ["mess.accepted"]), "cannot be written", "--lake"),
        (lambda root: ("/proc/lake", str(root), ["mess.accepted"]), "cannot be written", "--lake"),
        (lambda root: ("ftp://host/lake", str(root), ["mess.accepted"]), "nothing can be kept at", "give a folder"),
        (lambda root: (f"{root}/50% lake", str(root), ["mess.accepted"]), "may not hold a %", "rename"),
        (lambda root: (f"{root}/lake #1", str(root), ["mess.accepted"]), "may not hold a #", "rename"),
        (lambda root: ("", str(root), ["mess.accepted"]), "path is empty", "variable"),
        (lambda root: (f"{root}/file", str(root), ["mess.accepted"]), "is a file, not a lake", "a folder"),
        (lambda root: (f"{root}/lake", "", ["mess.accepted"]), "an empty path", "--landing"),
        (lambda root: (f"{root}/lake", str(root), ["mess.acepted"]), "nothing is called", "did you mean mess.accepted"),
    ],
    ids=[
        "no landing",
        "lake below a file",
        "lake in /proc",
        "lake at an address of another kind",
        "lake with a %",
        "lake with a #",
        "no lake",
        "a file",
        "empty landing",
        "unknown selection",
    ],
)
def test_what_cannot_be_done_is_said_before_anything_starts(
    tmp_path: Path, ask: Callable[[Path], tuple[str, str, list[str]]], says: str, remedy: str
) -> None:
    (tmp_path / "file").write_text("x")
    lake, landing, selections = ask(tmp_path)

    with pytest.raises(UsageError) as refused:
        run(lake, landing, selections, own=OWN)

    assert says in refused.value.problem
    assert remedy in refused.value.remedy
    assert refused.value.exit_code == 2
    assert isinstance(refused.value, NothingSelected) == ("nothing is called" in says)


def test_a_lake_that_is_being_written_is_left_alone(scene: Scene) -> None:
    with Lease(scene.lake, "another run"), pytest.raises(TryAgainLater, match="is being written by process"):
        run(str(scene.lake.root), str(scene.landing), SELECTED, own=OWN)
