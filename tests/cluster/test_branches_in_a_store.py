"""Branches on Ceph: the store copies within itself, main's VACUUM does not reach them, a promotion comes in once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from stores import ROOT, Store

from lakeward.jobs.comparing import compare
from lakeward.lake import branches, delta, release
from lakeward.lake.branches import Branch
from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated

OWN, GOLD = ROOT / "tests" / "faults" / "made_rain", "gold.faults_daily"
TABLE = Curated(
    name="gold.made", title="Made", title_zh="虛構", inputs=(), grain="a row a town",
    build=lambda: None,  # type: ignore[arg-type,return-value]
    columns=(Open("town", "string", "town", key=True), Open("rain_mm", "bigint", "rain", unit="mm")),
)  # fmt: skip


def put(lake: Lake, table: str, **rain_mm: int) -> None:
    """Write a version of a table, whose files lie in folders with blanks and Chinese."""
    rows = pa.table({"town": [f"{town} 鎮" for town in rain_mm], "rain_mm": list(rain_mm.values())})
    how = dict(lake.store.for_deltalake)
    write_deltalake(str(lake.table(table)), rows, mode="overwrite", partition_by=["town"], storage_options=how)


def rows(lake: Lake, table: str = TABLE.name) -> dict[str, int]:
    opened = delta.opened(lake.table(table))
    assert opened
    return {row["town"].removesuffix(" 鎮"): row["rain_mm"] for row in opened.to_pyarrow_table().to_pylist()}


@pytest.fixture
def branch(cluster: Store) -> Branch:
    """A branch, made, of a lake of two tables."""
    lake = Lake.at(f"s3a://{cluster.bucket}/{uuid4().hex[:8]}/a lake 湖")
    put(lake, TABLE.name, a=1, b=2, c=3)
    put(lake, "silver.made.rain", a=1)
    found = Branch(lake, "trial")
    found.made()
    return found


def test_what_main_vacuums_away_stays_on_the_branch_and_the_other_way_round(branch: Branch) -> None:
    put(branch.main, TABLE.name, z=1)
    mains = delta.opened(branch.main.table(TABLE.name))
    assert mains

    gone = mains.vacuum(0, enforce_retention_duration=False, dry_run=False)

    assert len(gone) == 3 and rows(branch.lake) == {"a": 1, "b": 2, "c": 3}
    (difference,) = compare(branch, {TABLE.name: TABLE})
    assert (difference.rows_main, difference.rows_branch, difference.added, difference.removed) == (1, 3, 3, 1)
    branch.drop()
    assert rows(branch.main) == {"z": 1} and branches.names(branch.main) == []


def test_a_promotion_that_was_killed_goes_on_and_comes_in_once(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    main, made = branch.main, branch.lake
    put(made, TABLE.name, a=5)
    put(made, "silver.made.rain", a=5)
    put(made, "silver.made.rain", a=6)
    forward = branches._forward
    done: list[int] = []

    def dies(here: Path, there: Path, version: int) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(version)
        forward(here, there, version)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(branches, "_forward", dies)
        branch.promote()
    assert (rows(main), rows(main, "silver.made.rain")) == ({"a": 1, "b": 2, "c": 3}, {"a": 5})

    assert list(branch.promote()) == ["silver.made.rain", TABLE.name]

    with pytest.raises(UsageError, match="there is no branch trial"):
        branch.promote()
    assert (rows(main), rows(main, "silver.made.rain"), branches.names(main)) == ({"a": 5}, {"a": 6}, [])
    assert delta.version_of(main.table("silver.made.rain")) == 2


def test_a_commit_that_main_makes_meanwhile_is_never_written_over(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(branch.lake, TABLE.name, a=5)
    twin = type(branch.main.store).twin

    def overtaken(*told: object) -> None:
        twin(*told)  # type: ignore[arg-type]
        put(branch.main, TABLE.name, z=9)

    with monkeypatch.context() as patched, pytest.raises(TryAgainLater, match="was written meanwhile"):
        patched.setattr(type(branch.main.store), "twin", overtaken)
        branch.promote()

    assert rows(branch.main) == {"z": 9}
    with pytest.raises(TryAgainLater, match=r"main moved .* in gold\.made"):
        branch.promote()


def test_what_the_branch_commits_during_its_promotion_is_not_lost(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(branch.lake, TABLE.name, a=5)
    forward, late = branches._forward, iter([True])

    def beside(here: Path, there: Path, version: int) -> None:
        forward(here, there, version)
        if next(late, False):
            put(branch.lake, TABLE.name, a=6)

    monkeypatch.setattr(branches, "_forward", beside)
    with pytest.raises(TryAgainLater, match="branch trial was written meanwhile"):
        branch.promote()

    branch.promote()

    assert rows(branch.main) == {"a": 6}


def _lakeward(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    few = {"LAKEWARD_MASTER": "local[1]", "LAKEWARD_DRIVER_MEMORY": "1g", "LAKEWARD_SHUFFLE_PARTITIONS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "lakeward.jobs.cli", *words], capture_output=True, text=True, check=False, timeout=500,
        env={**os.environ, **few, "LAKEWARD_LINEAGE": "0", "LAKEWARD_PIPELINES": str(OWN), **more},
    )  # fmt: skip


def test_a_run_on_a_branch_is_promoted_by_the_commands_of_the_page(store: Store, tmp_path: Path) -> None:
    folder, where = tmp_path / "faults" / "rain", ("--lake", store.uri)
    folder.mkdir(parents=True)
    (folder / "2015.csv").write_text("站,日期,雨量\nA,2015-01-01,1.5\n", "utf-8")
    run = ("run", GOLD, *where, "--landing", str(tmp_path))
    assert (first := _lakeward(*run)).returncode == 0, first.stderr
    (folder / "2016.csv").write_text("站,日期,雨量\nA,2016-01-01,1.5\n", "utf-8")

    ended = [
        _lakeward(*run, "--branch", "trial"), _lakeward("diff", "trial", *where, "--json"),
        _lakeward("promote", "trial", *where), _lakeward(*run, "--json"),
    ]  # fmt: skip

    assert [each.returncode for each in ended] == [0] * len(ended), [each.stdout + each.stderr for each in ended]
    assert {each["table"]: each["added"] for each in json.loads(ended[1].stdout)["tables"]} == {
        "silver.faults.rain": 1, GOLD: 1,
    }  # fmt: skip
    after = {each["table_name"]: each for each in json.loads(ended[3].stdout)["steps"]}
    assert (after["silver.faults.rain"]["outcome"], after[GOLD]["release"]) == ("unchanged", "1.1")
    latest = release.newest(Lake.at(store.uri), GOLD)
    assert latest and latest["rows"] == 2
    assert store.names("_branches") == []
