"""A format that changes: each delivery is read again, once, also when the driver dies in between or a file is gone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.plan import DatasetPlan, plan
from lakeward.jobs.run import Report, run
from lakeward.lake import delta
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, select

DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Source

WELLS = Dataset(
    name="made.wells", title="Made", title_zh="虛構", agency="nobody", max_refused=0.9,
    source=Source("made/wells/*.csv", "not stated", "never", Csv(encoding="utf-8", FORMAT)),
    columns=(Column("well", "string", "well", cell="井", key=True), Column("depth_m", "int", "depth", cell="深")),
)
"""
PLAIN, FOOTED, STRANGE = "", "footers=('^計',)", "header='^無此欄$'"
FILES = {"a.csv": "井,深\n甲,1\n計a,1\n", "b.csv": "井,深\n乙,2\n計b,2\n", "c.csv": "井,深\n丙,3\n計c,3\n"}


class Died(BaseException):
    """Stands for a kill: no step may catch it."""


class Wells:
    """A lake, its landing zone, and a declaration whose format changes."""

    def __init__(self, root: Path) -> None:
        self.root, self.lake = root, Lake.at(str(root / "lake"))
        self.folder = root / "landing" / "made" / "wells"
        self.folder.mkdir(parents=True)

    def own(self, form: str) -> str:
        folder = self.root / f"own{len(form)}"
        folder.mkdir(exist_ok=True)
        (folder / "wells.py").write_text(DECLARATION.replace("FORMAT", form), "utf-8")
        return str(folder)

    def deliver(self, *names: str) -> None:
        for name in names:
            (self.folder / name).write_text(FILES[name], "utf-8")

    def run(self, form: str) -> Report:
        return run(str(self.lake.root), str(self.root / "landing"), ["made.wells"], own=self.own(form))

    def plan(self, form: str) -> DatasetPlan:
        tables = select(declared(self.own(form)), ["made.wells"]).values()
        step = plan(self.lake, str(self.root / "landing"), tables).steps["made.wells"]
        assert isinstance(step, DatasetPlan)
        return step

    def wells(self) -> str:
        table = delta.opened(self.lake.table("silver.made.wells"))
        assert table
        return " ".join(sorted(map(str, table.to_pyarrow_table().column("well").to_pylist())))

    def bronze(self) -> Counter[tuple[str, str]]:
        table = delta.opened(self.lake.table("bronze.made.wells"))
        assert table
        return Counter((Path(row["_file"]).name, row["_kind"]) for row in table.to_pyarrow_table().to_pylist())


def test_each_delivery_is_read_again_once_and_what_is_gone_stays(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Wells(tmp_path)
    made.deliver("a.csv", "b.csv")
    made.run(PLAIN)
    assert made.wells() == "乙 甲 計a 計b"
    assert made.plan(PLAIN).why == ""

    (made.folder / "b.csv").unlink()
    made.deliver("c.csv")
    step = made.plan(FOOTED)
    assert step.why.startswith("1 new delivery; format changed: 1 delivery to read again; ")
    assert step.warnings[0].startswith("made/wells/b.csv: it is to be read again, but the file is gone")
    with monkeypatch.context() as dying:
        dying.setattr(delta, "crash_point", lambda point, about: _die() if point == "bronze.committed" else None)
        with pytest.raises(Died):
            made.run(FOOTED)
    assert made.wells() == "乙 甲 計a 計b"

    assert made.run(FOOTED).exit_code == 0
    old = {("b.csv", "row"): 2}
    assert made.bronze() == {
        ("a.csv", "row"): 1,
        ("a.csv", "footer"): 1,
        ("c.csv", "row"): 1,
        ("c.csv", "footer"): 1,
        **old,
    }
    assert made.wells() == "丙 乙 甲 計b"
    assert made.plan(FOOTED).why == ""

    made.deliver("b.csv")
    assert made.plan(FOOTED).why == "format changed: 1 delivery to read again"
    made.run(FOOTED)
    assert set(made.bronze().values()) == {1}
    assert made.wells() == "丙 乙 甲"
    assert made.plan(FOOTED).why == ""

    made.run(PLAIN)  # a format that comes back is read again too
    assert made.wells() == "丙 乙 甲 計a 計b 計c"


def test_a_format_that_reads_nothing_leaves_all_as_it_was(spark: SparkSession, tmp_path: Path) -> None:
    made = Wells(tmp_path)
    made.deliver("a.csv")
    made.run(PLAIN)
    version = delta.version_of(made.lake.table("silver.made.wells"))

    assert made.run(STRANGE).exit_code == 65
    assert delta.version_of(made.lake.table("silver.made.wells")) == version
    assert made.plan(STRANGE).why == ""


def _die() -> None:
    raise Died
