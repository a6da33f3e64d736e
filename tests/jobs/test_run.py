"""Deliveries that follow each other: how they combine, what a change of a declaration does, what stays as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.plan import DatasetPlan, plan
from lakeward.jobs.run import Report, run
from lakeward.lake import costs, delta, ledger, runs
from lakeward.lake.errors import LakewardError
from lakeward.lake.release import newest
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, select

DECLARATIONS = """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import *
from lakeward.quality import expect


def combining(noun, combine, max_refused=0.5, layouts=(), reads=(), least=0, corrections=(), **told):
    return Dataset(
        name=f"combo.{noun}", title="Made", title_zh="虛構", agency="nobody",
        source=Source(
            f"combo/{noun}/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8"), layouts=layouts,
            **told,
        ),
        columns=(
            Open("id", "string", "id", cell="號", key=True),
            Open("on", "date", "day", cell="日"),
            Open("value", "int", "value", cell="值", reads=dict(reads)),
        ),
        suite=(expect.column_values_to_be_between("value", least, 100),),
        combine=combine, max_refused=max_refused, corrections=corrections,
    )


APPENDED = combining("appended", Append())
RETRIED = combining("retried", Append())
DOUBLED = combining("doubled", Append(), max_refused=0.4)
YEARLY = combining("yearly", ReplacePeriod("on", "year"), period=r"^(\\d{4})_")
CLAIMED = combining("claimed", ReplacePeriod("on", "year"), period=r"^(\\d{4})_")
PARTS = combining("parts", ReplacePart("on"))
EXTRACTS = combining("extracts", ReplacePart("on"), layouts=(
    Layout("extract", {"id": "號", "on": "日", "value": "數"}, is_extract=True),
))
SNAPSHOTS = combining("snapshots", Snapshot())
EDITIONS = combining("editions", Snapshot(), edition=r"_(\\d{6})")
UPSERTS = combining("upserts", Upsert())
CORRECTED = combining("corrected", Upsert(), corrections=(
    Correction("value", (("id", "1"), ("on", "2021-01-01")), "999", "9", "a nine typed thrice", "me", "2024-01-01"),
    Correction("value", (("id", "1"), ("on", "2021-01-01")), "998", "8", "told of no row", "me", "2024-01-01"),
    Correction("on", (("id", "2"),), None, "2021-01-02", "the day was left out", "me", "2024-01-01"),
    Correction("on", (("id", "7"),), "x", None, "stands in no file", "me", "2024-01-01"),
))
HEALED = combining("healed", Append()MORE)
"""
TABLES = """
from lakeward.pipelines.dataset import Curated

from .combo import CLAIMED, YEARLY


def same(rows):
    return rows


def table(name, source):
    columns = source.columns
    return Curated(f"gold.{name}", "Made", "虛構", inputs=(source,), grain="as its input", columns=columns, build=same)


YEARS = table("combo_years", YEARLY)
CLAIMS = table("combo_claims", CLAIMED)
"""
SELECTED = ("combo.*", "gold.combo_*")
TEN = ', reads={"十": "10"}'
MENDED = ', layouts=(Layout("new", {"id": "號", "on": "日", "value": "數"}),), reads={"十": "10"}'
FIRST = {
    "appended/a.csv": "1,2021-01-01,10\n2,2021-01-01,20\n",
    "appended/b.csv": "1,2021-01-01,11\n3,2021-01-01,30\n",
    "retried/1_bad.csv": "1,2021-01-01,10\n2,2021-01-01,999\n3,2021-01-01,999\n",
    "retried/2_good.csv": "4,2021-01-01,41\n3,2021-01-01,31\n2,2021-01-01,21\n1,2021-01-01,11\n",
    "doubled/a.csv": "1,2021-01-01,10\n1,2021-01-01,11\n",
    "doubled/b.csv": "2,2021-01-01,20\n2,2021-01-01,21\n",
    "doubled/c.csv": "3,2021-01-01,30\n3,2021-01-01,31\n1,2021-01-01,12\n",
    "yearly/2020_a.csv": "1,2020-12-31,10\n",
    "yearly/2021_a.csv": "2,2021-01-01,20\n3,2021-12-31,30\n4,2022-01-01,40\n",
    "claimed/2025_a.csv": "1,2025-01-01,10\n",
    "parts/a.csv": "1,2021-01-01,10\n2,2021-01-02,20\n3,2021-01-02,30\n4,,40\n",
    "extracts/full.csv": "1,2021-01-01,10\n2,2021-01-01,20\n",
    "snapshots/s1.csv": "1,2021-01-01,10\n2,2021-01-01,20\n",
    "editions/x_202002.csv": "1,2020-02-01,2\n",
    "upserts/u1.csv": "1,2021-01-01,10\n2,2021-01-01,20\n2,2021-01-01,21\n",
    "corrected/a.csv": "1,2021-01-01,999\n2,,20\n3,2021-01-01,999\n",
    "healed/words.csv": "1,2021-01-01,十\n",
    "healed/renamed.csv": "號,日,數\n2,2021-01-01,20\n",
}
SECOND = {
    "appended/c.csv": "2,2021-01-01,22\n4,2021-01-01,40\n",
    "yearly/2021_b 更正.csv": "3,2021-06-30,35\n",
    "claimed/2026_a.csv": "7,2025-01-01,70\n8,2025-01-02,80\n",
    "parts/b.csv": "5,2021-01-02,50\n",
    "extracts/short.csv": "號,日,數\n1,2021-01-01,99\n5,2021-01-05,50\n",
    "snapshots/s2.csv": "2,2021-01-01,22\n",
    "editions/x_202001.csv": "1,2020-01-01,1\n",
    "upserts/u2.csv": "2,2021-01-01,25\n4,2021-01-01,40\n",
    "corrected/b.csv": "1,2021-01-01,10\n",
}
NAMES = (
    "appended", "retried", "doubled", "yearly", "claimed", "parts", "extracts", "snapshots", "editions", "upserts", "corrected",
    "healed",
)  # fmt: skip


@dataclass
class Moment:
    """What a run told, and the tables as they were after it."""

    report: Report
    versions: dict[str, int | None]
    tables: dict[str, list[dict[str, Any]]]

    def step(self, table: str) -> Step:
        return next(step for step in self.report.steps if step.table_name == table)

    def values(self, noun: str) -> dict[str, int]:
        rows = self.tables[f"silver.combo.{noun}"]
        told = {row["id"]: row["value"] for row in rows}
        assert len(told) == len(rows)
        return told

    def aside(self, noun: str) -> list[tuple[str, int, list[str]]]:
        rows = self.tables[f"quarantine.combo.{noun}"]
        return sorted((Path(row["file"]).name, row["row_number"], row["reasons"]) for row in rows)


@dataclass
class Story:
    """Runs over one lake, one after another."""

    root: Path
    moments: dict[str, Moment] = field(default_factory=dict)

    @property
    def lake(self) -> Lake:
        return Lake.at(str(self.root / "lake"))

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def deliver(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.landing / "combo" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if text.startswith("號") else f"號,日,值\n{text}", "utf-8")

    def own(self, more: str = "") -> str:
        folder = self.root / f"own{len(more)}"
        folder.mkdir(exist_ok=True)
        (folder / "tables.py").write_text(TABLES, "utf-8")
        (folder / "combo.py").write_text(DECLARATIONS.replace("MORE", more), "utf-8")
        return str(folder)

    def run(self, when: str, more: str = "", *, is_replay: bool = False) -> None:
        landing = None if is_replay else str(self.landing)
        report = run(str(self.lake.root), landing, SELECTED, own=self.own(more))
        names = [f"{layer}.combo.{noun}" for layer in ("bronze", "silver", "quarantine") for noun in NAMES]
        names += ["gold.combo_years", "gold.combo_claims"]
        opened = {name: delta.opened(self.lake.table(name)) for name in names}
        self.moments[when] = Moment(
            report,
            {name: table.version() if table else None for name, table in opened.items()},
            {name: table.to_pyarrow_table().to_pylist() if table else [] for name, table in opened.items()},
        )

    def is_idle(self, more: str = "") -> bool:
        tables = select(declared(self.own(more)), SELECTED)
        return plan(self.lake, str(self.landing), tables.values()).is_idle


@pytest.fixture(scope="module")
def story(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Story:
    told = Story(tmp_path_factory.mktemp("story"))
    told.deliver(FIRST)
    told.run("first")
    told.deliver(SECOND)
    told.run("second")
    told.run("idle")
    told.run("replayed", TEN, is_replay=True)
    told.run("mended", MENDED)
    told.run("strict", f"{MENDED}, least=50")
    return told


def test_every_run_says_what_it_cost_by_step_and_as_a_whole(story: Story) -> None:
    report = story.moments["first"].report
    kept = {run.run_id: run for run in costs.costs(story.lake)}
    whole, steps = kept[report.run_id], [step for step in report.steps if step.cost]
    year = story.moments["first"].step("gold.combo_years")

    assert whole == report.cost
    assert len(steps) == len(report.steps)
    assert 0 < sum(step.cost.cpu_seconds for step in steps if step.cost) < whole.cost.cpu_seconds
    assert 0 < sum(step.cost.task_seconds for step in steps if step.cost) < whole.cost.cpu_seconds
    assert year.cost and year.cost.bytes_written > year.bytes_released > 0
    assert year.cost.bytes_scanned > 0
    assert (whole.rows_written, whole.releases) == (sum(step.rows_written for step in steps), 2)
    assert {step.run_id: step.cost for step in runs.steps(story.lake) if step.cost}.keys() == kept.keys()


def test_append_takes_each_key_once_within_a_run_and_across_runs(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]

    assert first.values("appended") == {"1": 10, "2": 20, "3": 30}
    assert second.values("appended") == {"1": 10, "2": 20, "3": 30, "4": 40}
    assert second.aside("appended") == [
        ("b.csv", 2, ["repeats the key of an earlier row"]),
        ("c.csv", 2, ["repeats the key of an earlier row"]),
    ]
    step = second.step("silver.combo.appended")
    assert (step.rows_read, step.rows_written, step.rows_quarantined, step.deliveries) == (2, 1, 1, 1)


def test_rows_of_a_delivery_refused_whole_do_not_stand_in_the_way_of_good_ones(story: Story) -> None:
    first = story.moments["first"]

    assert first.values("retried") == {"1": 11, "2": 21, "3": 31, "4": 41}
    assert [(file, row) for file, row, _ in first.aside("retried")] == [
        ("1_bad.csv", 2),
        ("1_bad.csv", 3),
        ("1_bad.csv", 4),
    ]
    assert first.aside("retried")[0][2][0].startswith("delivery refused: 66.7 % of 3 rows")
    step = first.step("silver.combo.retried")
    assert (step.rows_read, step.rows_written, step.rows_quarantined, step.exit_code) == (7, 4, 3, 66)


def test_every_delivery_that_repeats_too_many_of_its_own_rows_is_refused_not_the_first_alone(story: Story) -> None:
    first = story.moments["first"]

    assert first.values("doubled") == {"3": 30, "1": 12}
    step = first.step("silver.combo.doubled")
    assert (step.rows_read, step.rows_written, step.rows_quarantined, step.exit_code) == (7, 2, 5, 66)


def test_a_corrected_year_takes_the_place_of_the_earlier_one_and_of_nothing_else(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]

    assert first.values("yearly") == {"1": 10, "2": 20, "3": 30}
    assert first.aside("yearly") == [("2021_a.csv", 4, ["on: outside 2021, the period in the file's name"])]
    assert second.values("yearly") == {"1": 10, "3": 35}
    assert second.tables["gold.combo_years"] == [
        {k: v for k, v in row.items() if not k.startswith("_")}
        for row in sorted(second.tables["silver.combo.yearly"], key=lambda row: str(row["id"]))
    ]
    assert second.step("gold.combo_years").release == "1.1"


def test_a_file_of_another_year_is_refused_whole_and_everything_stays_as_it_was(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]
    step = second.step("silver.combo.claimed")

    assert (step.outcome, step.exit_code, step.rows_written, step.rows_quarantined) == ("refused", 66, 0, 2)
    assert "on: outside 2026, the period in the file's name (2 rows)" in step.error
    for name in ("silver.combo.claimed", "gold.combo_claims"):
        assert second.versions[name] == first.versions[name] == 0
        assert second.tables[name] == first.tables[name]
    assert [file for file, _, _ in second.aside("claimed")] == ["2026_a.csv", "2026_a.csv"]
    assert second.report.exit_code == 66
    release = newest(story.lake, "gold.combo_claims")
    assert release
    assert release["release"] == "1.0"


def test_a_part_takes_the_place_of_the_same_part_and_an_extract_gives_way_to_what_holds_more(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]

    assert first.values("parts") == {"1": 10, "2": 20, "3": 30}
    assert first.aside("parts") == [("a.csv", 5, ["on: no value, so no part"])]
    assert second.values("parts") == {"1": 10, "5": 50}
    assert second.values("extracts") == {"1": 10, "2": 20, "5": 50}


def test_the_last_snapshot_is_the_table_unless_the_names_tell_another_order(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]

    assert (first.values("snapshots"), second.values("snapshots")) == ({"1": 10, "2": 20}, {"2": 22})
    assert (first.values("editions"), second.values("editions")) == ({"1": 2}, {"1": 2})


def test_later_rows_take_the_place_of_rows_with_their_key(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]

    assert first.values("upserts") == {"1": 10, "2": 20}
    assert first.aside("upserts") == [("u1.csv", 4, ["repeats the key of an earlier row"])]
    assert second.values("upserts") == {"1": 10, "2": 25, "4": 40}
    assert [(row["id"], row["_file"]) for row in second.tables["silver.combo.upserts"] if row["id"] == "2"] == [
        ("2", "combo/upserts/u2.csv")
    ]


def test_a_known_mistake_is_mended_until_the_agency_mends_it(story: Story) -> None:
    first, second = story.moments["first"], story.moments["second"]

    assert first.values("corrected") == {"1": 9, "2": 20}
    assert [str(row["on"]) for row in first.tables["silver.combo.corrected"] if row["id"] == "2"] == ["2021-01-02"]
    assert first.aside("corrected") == [("a.csv", 4, ["value: not between 0 and 100"])]
    assert first.step("silver.combo.corrected").warnings == (
        "value: 1 rows corrected: a nine typed thrice",
        "value: 1 rows no longer hold '998', which is corrected since 2024-01-01: the agency seems to have mended "
        "them, so take the correction out",
        "on: 1 rows corrected: the day was left out",
    )
    assert second.values("corrected") == {"1": 10, "2": 20}
    assert "no longer hold '999'" in second.step("silver.combo.corrected").warnings[0]


def test_a_correction_of_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    text = DECLARATIONS.replace("MORE", "").replace(
        'Correction("on", (("id", "7"),)', 'Correction("on", (("idd", "7"),)'
    )
    (tmp_path / "combo.py").write_text(text, "utf-8")

    with pytest.raises(LakewardError, match="speaks of idd, which is no column"):
        declared(str(tmp_path))


def test_running_again_changes_nothing(story: Story) -> None:
    second, idle = story.moments["second"], story.moments["idle"]

    assert idle.versions == second.versions
    assert idle.tables == second.tables
    assert {step.outcome for step in idle.report.steps} == {"unchanged", "refused"}
    assert all(step.version_before == step.version_after for step in idle.report.steps)
    assert idle.report.exit_code == 66


def test_a_replay_lets_rows_in_that_now_pass_and_looks_for_nothing_new(story: Story) -> None:
    idle, replayed = story.moments["idle"], story.moments["replayed"]

    assert (idle.values("healed"), len(idle.aside("healed"))) == ({}, 1)
    assert (replayed.values("healed"), len(replayed.aside("healed"))) == ({"1": 10}, 0)
    step = replayed.step("silver.combo.healed")
    assert (step.outcome, step.exit_code, step.rows_read, step.rows_written) == ("built", 0, 1, 1)
    assert step.warnings == ("1 rows lay in quarantine, 0 do now",)
    others = [name for name in idle.versions if not name.endswith("healed")]
    assert {name: replayed.versions[name] for name in others} == {name: idle.versions[name] for name in others}
    assert {each.outcome for each in replayed.report.steps if each is not step} == {"unchanged"}


def test_a_changed_declaration_heals_what_it_refused_and_leaves_the_others_alone(story: Story) -> None:
    idle, mended = story.moments["idle"], story.moments["mended"]

    assert "lacks 值" in idle.step("silver.combo.healed").error
    assert mended.values("healed") == {"1": 10, "2": 20}
    assert mended.aside("healed") == []
    step = mended.step("silver.combo.healed")
    assert (step.outcome, step.exit_code, step.error) == ("built", 0, "")
    others = [name for name in idle.versions if not name.endswith("healed")]
    assert {name: mended.versions[name] for name in others} == {name: idle.versions[name] for name in others}


def test_a_declaration_that_refuses_all_keeps_the_last_good_version_and_comes_to_rest(story: Story) -> None:
    mended, strict = story.moments["mended"], story.moments["strict"]

    assert strict.step("silver.combo.healed").exit_code == 66
    assert strict.versions["silver.combo.healed"] == mended.versions["silver.combo.healed"]
    assert strict.values("healed") == {"1": 10, "2": 20}
    assert len(strict.aside("healed")) == 2
    assert story.is_idle(f"{MENDED}, least=50")


def test_every_step_of_every_run_adds_up(story: Story) -> None:
    for moment in story.moments.values():
        for step in moment.report.steps:
            assert step.rows_read == step.rows_written + step.rows_quarantined, step
    last = story.moments["strict"].tables
    for noun in ("appended", "retried"):  # nothing replaces rows there, so the tables add up too
        assert len(last[f"bronze.combo.{noun}"]) == len(last[f"silver.combo.{noun}"]) + len(
            last[f"quarantine.combo.{noun}"]
        )


def test_commits_tell_what_they_were_made_from(story: Story) -> None:
    note = delta.note_of(story.lake.table("silver.combo.appended"))
    log = (story.lake.table("bronze.combo.appended") / "_delta_log" / f"{1:020}.json").read_text("utf-8")
    transactions = [json.loads(line)["txn"] for line in log.splitlines() if '"txn"' in line]

    assert note["bronze"] == 1
    assert note["run"] == story.moments["second"].report.run_id
    assert [each["appId"].startswith("lakeward/bronze/combo.appended/") for each in transactions] == [True]


def test_a_second_name_for_bytes_that_are_loaded_is_the_duplicate_whatever_its_place_in_the_alphabet(
    story: Story,
) -> None:
    twin = story.landing / "combo" / "appended" / "0_twin.csv"
    twin.write_bytes((twin.parent / "b.csv").read_bytes())
    try:
        tables = select(declared(story.own()), ["combo.appended"])
        step = plan(story.lake, str(story.landing), tables.values()).steps["combo.appended"]
    finally:
        twin.unlink()

    assert isinstance(step, DatasetPlan)
    assert not step.why
    told = {Path(each.delivery.file).name: (each.status, each.reason) for each in step.arrivals}
    assert told["0_twin.csv"] == ("duplicate", "the same bytes as combo/appended/b.csv")
    assert told["b.csv"] == ("loaded", "")


def test_the_ledger_has_one_line_for_each_verdict(story: Story) -> None:
    told = [(e.dataset, e.file, e.sha256, e.status, e.reason, e.fingerprint) for e in ledger.entries(story.lake)]

    assert len(told) == len(set(told))
    assert {e.status for e in ledger.entries(story.lake)} == {"received", "refused"}


def test_rows_that_give_way_to_a_file_of_another_name_are_told(story: Story) -> None:
    told = story.moments["second"]
    said = {name: "\n".join(told.step(f"silver.combo.{name}").warnings) for name in ("yearly", "parts", "upserts")}

    assert (
        "combo/yearly/2021_a.csv: 2 good rows of 2021 gave way to combo/yearly/2021_b 更正.csv, as each delivery is "
        "taken for all of a year; if both are meant, put them into one file"
    ) in said["yearly"]
    assert "combo/parts/a.csv: 2 good rows of 2021-01-02 gave way to combo/parts/b.csv" in said["parts"]
    assert "gave way" not in said["upserts"]
