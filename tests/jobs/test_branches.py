"""A branch of a lake: no byte twice, deaf to main's VACUUM, compared by key, promoted once or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from lakeward.jobs.cli import main
from lakeward.jobs.comparing import compare
from lakeward.jobs.maintain import maintain, needs
from lakeward.jobs.takedown import take_down
from lakeward.lake import branches, delta
from lakeward.lake.audit import audit, missing
from lakeward.lake.branches import Branch
from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.lake.lease import Lease, lease
from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated

TABLE = Curated(
    name="gold.made",
    title="Made",
    title_zh="虛構",
    inputs=(),
    grain="a row a town",
    build=lambda: None,  # type: ignore[arg-type,return-value]
    columns=(Open("town", "string", "town", key=True), Open("rain_mm", "bigint", "rain", unit="mm")),
)


def put(lake: Lake, table: str, **rain_mm: int) -> None:
    """Write a version of a table."""
    rows = pa.table({"town": list(rain_mm), "rain_mm": list(rain_mm.values())})
    write_deltalake(str(lake.table(table)), rows, mode="overwrite")


def rows(lake: Lake, table: str = "gold.made") -> dict[str, int]:
    return {row["town"]: row["rain_mm"] for row in delta.records_of(lake.table(table))}


@pytest.fixture
def branch(lake: Lake) -> Branch:
    """A lake of two tables and a branch of it, not yet made."""
    lake.root.mkdir()
    put(lake, "gold.made", a=1, b=2, c=3)
    put(lake, "silver.made.rain", a=1)
    return Branch(lake, "trial")


def test_its_data_files_are_mains_and_its_log_is_its_own(lake: Lake, branch: Branch) -> None:
    made = branch.made()

    (ours,), (theirs,) = delta.data_files(made.table("gold.made")), delta.data_files(lake.table("gold.made"))
    assert ours.samefile(theirs)
    assert not branches.commit_of(made.table("gold.made"), 0).samefile(branches.commit_of(lake.table("gold.made"), 0))
    put(made, "gold.made", a=9)
    assert (rows(lake), rows(made)) == ({"a": 1, "b": 2, "c": 3}, {"a": 9})
    assert branches.tables(lake) == ["gold.made", "silver.made.rain"]
    assert branches.names(lake) == ["trial"]


def test_what_main_vacuums_away_stays_on_the_branch(lake: Lake, branch: Branch) -> None:
    made = branch.made()
    put(lake, "gold.made", z=1)
    mains = DeltaTable(str(lake.table("gold.made")))

    gone = mains.vacuum(0, enforce_retention_duration=False, dry_run=False)

    assert len(gone) == 1 and not (lake.table("gold.made") / gone[0]).exists()
    assert rows(made) == {"a": 1, "b": 2, "c": 3}


def test_a_comparison_tells_rows_by_their_key(branch: Branch) -> None:
    put(branch.made(), "gold.made", b=2, c=4, d=5, e=6)

    (found,) = compare(branch, {"gold.made": TABLE})

    assert (found.rows_main, found.rows_branch, found.added, found.changed, found.removed) == (3, 4, 2, 1, 1)


def test_a_promotion_gives_main_the_branchs_commits_once(
    lake: Lake, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = branch.made()
    put(made, "gold.made", a=5)
    put(made, "silver.made.rain", a=5)
    put(made, "silver.made.rain", a=6)
    done: list[int] = []
    forward = branches._forward

    def dies(here: Path, there: Path, version: int) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(version)
        forward(here, there, version)

    monkeypatch.setattr(branches, "_forward", dies)
    with pytest.raises(KeyboardInterrupt):
        branch.promote()
    assert (rows(lake), rows(lake, "silver.made.rain")) == ({"a": 1, "b": 2, "c": 3}, {"a": 5})

    monkeypatch.setattr(branches, "_forward", forward)

    def unheld(held: Branch) -> Path:
        with pytest.raises(TryAgainLater, match="being written"), lease(held.lake, "a run on the branch"):
            pass
        return ended(held)

    ended = Branch._ended
    monkeypatch.setattr(Branch, "_ended", unheld)
    assert list(branch.promote()) == ["silver.made.rain", "gold.made"]
    with pytest.raises(UsageError, match="there is no branch trial"):
        branch.promote()
    assert (rows(lake), rows(lake, "silver.made.rain"), branches.names(lake)) == ({"a": 5}, {"a": 6}, [])
    log = [json.loads(line) for line in branches.commit_of(lake.table("gold.made"), 1).read_text().splitlines()]
    assert any("add" in action for action in log)
    assert delta.version_of(lake.table("silver.made.rain")) == 2


def test_a_promotion_is_refused_when_main_moved_and_leaves_main_as_it_is(lake: Lake, branch: Branch) -> None:
    put(branch.made(), "gold.made", a=5)
    put(lake, "silver.made.rain", a=7)

    with pytest.raises(TryAgainLater, match=r"main moved .* in silver\.made\.rain") as refused:
        branch.promote()

    assert "lakeward drop trial" in refused.value.remedy
    assert rows(lake) == {"a": 1, "b": 2, "c": 3}


def test_it_is_made_and_promoted_by_main_s_one_writer_and_only_under_a_plain_name(lake: Lake, branch: Branch) -> None:
    with lease(lake, "something else"), pytest.raises(TryAgainLater, match="being written"):
        branch.made()
    assert not branch.exists()
    with pytest.raises(UsageError, match="there is no branch trial"):
        branch.drop()
    for name in ("../main", ""):
        with pytest.raises(UsageError, match="cannot be the name"):
            Branch(lake, name)
    with pytest.raises(UsageError, match="a branch has none") as refused:
        Branch(branch.made(), "inner")
    assert str(lake.root.resolve()) in str(refused.value)


def test_a_run_on_a_branch_of_no_name_is_not_one_on_main(lake: Lake, landing: Path) -> None:
    landing.mkdir(exist_ok=True)

    assert main(["run", "--branch", "", "--lake", str(lake.root), "--landing", str(landing)]) == 2
    assert not lake.root.exists()


def test_commands_on_main_see_its_branches_and_leave_them(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    made, main_lake = branch.made(), branch.main
    put(made, "gold.made", a=9)
    put(main_lake, "gold.made", z=1)
    capsys.readouterr()

    assert main(["ls", "--json", "--lake", str(main_lake.root)]) == 0
    assert json.loads(capsys.readouterr().out)["branches"] == ["trial"]
    (need,) = [each for each in needs(main_lake, [TABLE], 0) if each.table == "gold.made"]
    assert len(need.unnamed) == 1
    maintain(main_lake, [need])
    for place in (main_lake, made):
        found = audit(place, ["gold.made"])
        assert (found.tables, found.faults) == (1, [])
    assert missing(main_lake, "gold.made", 0) == list(need.unnamed)
    assert missing(made, "gold.made", 0) == []
    assert rows(made) == {"a": 9}


def test_nobody_is_taken_down_while_a_branch_would_keep_them(branch: Branch) -> None:
    made = branch.made()
    for place, said in ((branch.main, "live on in branches of the lake: trial"), (made, "live on in main")):
        with pytest.raises(UsageError, match=said):
            take_down(place, {}, "A123456789", "asked for", None, None)
    folder = made.root.parent
    branch.drop()
    for left in (".trial.new", ".other.gone"):
        (folder / left).mkdir()

    branches.swept(branch.main)

    assert list(folder.iterdir()) == []


def test_who_waited_for_a_branch_that_was_dropped_does_not_write_where_none_is(branch: Branch) -> None:
    made = branch.made()
    waiting = Lease(made, "run")
    takes = waiting._takes

    def dropped_first() -> bool:
        made.root.rename(made.root.with_name(".trial.gone"))
        return takes()

    with (
        pytest.MonkeyPatch.context() as patched,
        pytest.raises(TryAgainLater, match="taken away meanwhile"),
    ):
        patched.setattr(waiting, "_takes", dropped_first)
        with waiting:
            pass
