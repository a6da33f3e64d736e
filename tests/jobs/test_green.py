"""What runs cost: measured over all processes, modelled as a range with sources, told with what would cut it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakeward.jobs.cli import main
from lakeward.jobs.green import estimate, factors, processor
from lakeward.jobs.green.intensity import cleanest, read
from lakeward.jobs.green.meter import Meter, Use
from lakeward.jobs.green.rapl import Rapl
from lakeward.jobs.green.tree import Tree
from lakeward.lake import costs, runs
from lakeward.lake.costs import Cost, Range, RunCost
from lakeward.lake.errors import UsageError
from lakeward.lake.records import Records
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake

BEGAN = datetime(2026, 11, 24, 8, tzinfo=UTC)
BURN = "import sys, time\nwhile time.process_time() < 0.3: pass\n"
COST = Cost(9.0, "process tree", 4.0, 0.5, 10, 20, 30, 40, "modelled", Range(1, 2, 3), Range(0.1, 0.2, 0.3))


def test_cpu_of_children_counts_also_when_they_have_ended_or_lost_their_parent() -> None:
    # A child burns; a grandchild burns, is waited for and gone; another one loses its parent, burns and stays.
    lonely = BURN + "time.sleep(60)"
    mother = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {lonely!r}]); time.sleep(0.7)"
    code = BURN + (
        "import subprocess\n"
        f"subprocess.run([sys.executable, '-c', {BURN!r}])\n"
        f"subprocess.run([sys.executable, '-c', {mother!r}])\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as child:
        tree, found, until = Tree(child.pid), 0.0, time.monotonic() + 30
        while found < 0.85 and time.monotonic() < until:  # three burns, less what the kernel's ticks of 10 ms leave out
            time.sleep(0.1)
            found = tree.cpu_seconds()
        left = [each for each in tree._all() if each.pid != child.pid]
        child.kill()
        for each in left:
            each.kill()

    assert left
    assert 0.85 <= found < 1.5


class Counted(Tree):
    """Stands for processes that use what the test says."""

    def __init__(self) -> None:
        self.seconds, self.held = 0.0, 1 << 30

    def cpu_seconds(self) -> float:
        return self.seconds

    def bytes(self) -> int:
        return self.held


def test_steps_and_what_lies_outside_them_add_up_to_the_total() -> None:
    tree = Counted()
    with Meter(tree=tree) as meter:
        tree.seconds = 5  # starting
        with meter.step("a") as a:
            tree.seconds = 6
            with meter.step("b") as b:
                tree.seconds = 10
            tree.seconds = 11
        tree.seconds = 12

    assert (a.cpu_seconds, b.cpu_seconds) == (1 + 2 + 1, 2)
    assert meter.so_far().cpu_seconds == 12
    assert a.peak_bytes == meter.total.peak_bytes == 1 << 30
    assert a.core_seconds + b.core_seconds < meter.total.core_seconds


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Cost]:
    """Two cores at 1 W idle and 3 W busy, half used for an hour, with 2 GiB, in a building of PUE 1.5."""
    monkeypatch.setattr(factors, "PROJECT", tmp_path / "pyproject.toml")
    for name, text in {"WATTS_PER_CORE": "1-3 meter", "WATTS_PER_GB": "0.5", "PUE": "1.5 2026"}.items():
        monkeypatch.setenv(f"LAKEWARD_{name}", text)

    def told(joules: float | None = None) -> Cost:
        use = Use(3600.0, 7200.0, 7200.0 * (1 << 30), 2 << 30, joules)
        return estimate.cost(use, Meter(tree=Counted()))

    return told


def test_energy_is_a_range_from_what_was_used_to_all_that_was_reserved(known: Callable[..., Cost]) -> None:
    cost = known()

    assert cost.energy_joules == Range(16000, 27000, 38000)  # 1.5 x (3 Wh, 5 Wh, 7 Wh), to two digits
    assert cost.energy_method.startswith("modelled")
    assert cost.carbon_g == Range(2.2, 3.7, 5.2)  # at Taiwan's official 0.494 kg/kWh of 2023
    assert cost.core_hours == 2
    assert cost.sci(2) == Range(1.1, 1.9, 2.6)


def test_joules_that_hardware_counted_are_no_range_and_are_not_mixed_with_the_model(
    known: Callable[..., Cost], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAKEWARD_WATTS_PER_CORE")

    cost = known(1000.0)

    assert cost.energy_joules == Range(1500, 1500, 1500)
    assert cost.energy_method.startswith("read from hardware")


def test_of_an_unknown_processor_no_energy_is_told(known: Callable[..., Cost], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAKEWARD_WATTS_PER_CORE")
    monkeypatch.setattr(factors, "processor", lambda: processor.Processor("Abacus"))

    cost = known()

    assert (cost.energy_joules, cost.carbon_g, cost.sci(1)) == (None, None, None)
    assert "LAKEWARD_WATTS_PER_CORE" in cost.energy_method


@pytest.mark.parametrize(
    ("numbers", "family"),
    [(("GenuineIntel", 6, 85, 4), "Skylake"), (("GenuineIntel", 6, 85, 7), "Cascade Lake"),
     (("AuthenticAMD", 25, 1, 1), "EPYC 3rd Gen"), (("GenuineIntel", 6, 207, 2), "")],
)  # fmt: skip
def test_a_processor_is_known_by_its_numbers(numbers: tuple[str, int, int, int], family: str, tmp_path: Path) -> None:
    names = ("vendor_id", "cpu family", "model", "stepping")
    lines = [f"{name}\t: {value}" for name, value in zip(names, numbers, strict=True)]
    (tmp_path / "cpuinfo").write_text("\n".join([*lines, "model name\t: One", "", *lines]))

    assert processor.processor(tmp_path / "cpuinfo").family == family


def test_factors_come_from_the_project_and_variables_with_their_source(
    known: Callable[..., Cost], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.lakeward.green]\npue = "1.1 ours 2020"\nembodied = "9 LCA, 2024"\n')

    found = factors.factors()

    assert (found.pue.value, found.pue.year) == (1.5, "2026")  # the variable wins
    assert found.embodied and (found.embodied.value, found.embodied.source) == (9.0, "LCA, 2024")
    assert (found.grid_factor.value, found.grid_factor.year) == (0.494, "2023")
    assert found.watts_per_core and found.watts_per_core.values == (1.0, 3.0)
    monkeypatch.setenv("LAKEWARD_PUE", "much")
    with pytest.raises(UsageError, match="pue cannot be much"):
        factors.factors()
    monkeypatch.delenv("LAKEWARD_PUE")
    (tmp_path / "pyproject.toml").write_text("[tool.lakeward.green]\npeu = 1\n")
    with pytest.raises(UsageError, match="peu"):
        factors.factors()


def test_rapl_counts_packages_and_their_memory_over_a_wrap(tmp_path: Path) -> None:
    for name, zone in (("intel-rapl:0", "package-0"), ("intel-rapl:0:0", "core"), ("intel-rapl:0:1", "dram")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(f"{zone}\n")
        (tmp_path / name / "energy_uj").write_text("5000000")
        (tmp_path / name / "max_energy_range_uj").write_text("9000000")
    rapl = Rapl(tmp_path)
    assert rapl.joules() == 0

    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("1000000")  # it has wrapped: 5 J
    (tmp_path / "intel-rapl:0:1" / "energy_uj").write_text("7000000")
    (tmp_path / "intel-rapl:0:0" / "energy_uj").write_text("8000000")  # part of the package

    assert rapl.joules() == 7
    assert Rapl(tmp_path / "nowhere").joules() is None


def test_a_lake_of_before_is_read_and_added_to(lake: Lake) -> None:
    now = {name: kind for name, kind in runs.TYPES.items() if name not in ("cost", "bytes_released")}
    before = Records("_runs", "runs", now)
    before.add(lake, [{"run_id": "r1", "table_name": "gold.x", "outcome": "built", "started_at": BEGAN, "seconds": 1.0,
                       "deliveries": 0, "bytes_read": 0, "rows_read": 1, "rows_written": 1, "rows_quarantined": 0,
                       "rows_footer": 0, "reasons": [], "warnings": [], "release": "", "error": "", "exit_code": 0}])  # fmt: skip
    assert [step.cost for step in runs.steps(lake)] == [None]

    runs.record(lake, Step("r2", "gold.x", "built", BEGAN + timedelta(hours=1), cost=COST, bytes_released=7))

    new, old = runs.steps(lake)
    assert (new.cost, new.bytes_released) == (COST, 7)
    assert (old.cost, old.bytes_released, old.rows_read) == (None, 0, 1)


def _runs(lake: Lake) -> None:
    for number, cpu in enumerate((10.0, 30.0)):
        at = BEGAN + timedelta(days=number)
        told = RunCost(
            f"r{number}", at, 3600.0, "one", 2, 500, 10, 1, replace(COST, cpu_seconds=cpu), {"pue": "1.5 (x)"}
        )
        costs.record(lake, told)
        refused = Step(f"r{number}", "silver.environment.hourly_weather", "refused", at, cost=COST, error="no header")
        built = replace(
            refused, table_name="gold.road_safety_weather", outcome="built", error="", release=f"1.{number}"
        )
        for step in (refused, replace(built, cost=replace(COST, cpu_seconds=cpu), rows_written=500)):
            runs.record(lake, step)


def test_green_shows_the_trend_the_costliest_tables_and_what_would_cut_them(
    lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _runs(lake)
    for _ in range(17):
        write_deltalake(lake.table("gold.road_safety_weather"), pa.table({"n": [1]}), mode="append")
    day = [f"2026-11-30T{hour:02}:00+00:00,{100 if hour == 3 else 500}" for hour in range(24)]
    (tmp_path / "grid.csv").write_text("\n".join(["at,g_per_kwh", *day]))

    assert main(["green", "--lake", str(lake.root), "--intensity", str(tmp_path / "grid.csv"), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [(run["run_id"], run["cpu_to_median"]) for run in told["runs"]] == [("r1", 3.0), ("r0", None)]
    assert told["runs"][0]["sci"]["g_per_1000_rows"] == {"low": 0.2, "mid": 0.4, "high": 0.6}
    assert [(each["table"], each["cpu_seconds"]) for each in told["tables"]] == [
        ("gold.road_safety_weather", 40.0), ("silver.environment.hourly_weather", 18.0),
    ]  # fmt: skip
    assert told["releases"][0]["sci"] == {"low": 0.1, "mid": 0.2, "high": 0.3}
    cut = {(each["kind"], each["about"]): each for each in told["cuts"]}
    assert cut["again", "silver.environment.hourly_weather"]["cpu_seconds"] == 9.0
    assert "maintain gold.road_safety_weather" in cut["compaction", "gold.road_safety_weather"]["remedy"]
    assert "2026-11-30T03:00:00+00:00 the grid gives 100" in cut["off-peak", "every run"]["what"]

    assert main(["green", "--lake", str(lake.root)]) == 0
    said = capsys.readouterr().out
    assert "gold.road_safety_weather" in said and "pue: 1.5 (x)" in said and "ended as the one before" in said


def test_the_cleanest_window_lasts_as_long_as_a_run(tmp_path: Path) -> None:
    (tmp_path / "grid.csv").write_text("at,g_per_kwh\n2026-01-01T00:00,100\n2026-01-01T01:00,900\n2026-01-01T02:00,300\n"
                                       "2026-01-01T03:00,300\n")  # fmt: skip
    curve = read(tmp_path / "grid.csv")

    short, long = cleanest(curve, 60), cleanest(curve, 7200)

    assert (short.begin.hour, short.g_per_kwh) == (0, 100)
    assert (long.begin.hour, long.g_per_kwh) == (2, 300)
    (tmp_path / "grid.csv").write_text("when,g\n")
    with pytest.raises(UsageError, match="fewer than two"):
        read(tmp_path / "grid.csv")
