"""How the tests kill a driver, and what they then compare.

What was chosen, and why. A driver with a JVM of its own takes 8 s to come up on an idle pair of cores and its first
tiny run another 8 s. Therefore:

- *Named points* die in a real process of their own (`os._exit(137)` in a fresh Python), which works through the JVM of
  the test run. At such a point Spark has returned and nothing runs in the JVM, for a child runs one data set and what
  rests on it, one after the other: whether the JVM dies with the driver makes no difference to the lake.
- *Random kills* hit Python while the JVM works, so there the JVM must die too: each has its own, and no JVM is started
  by hand afterwards to clean up. Two are killed at a time, with one core each.
  The next child starts while the lake of the last one heals.
- *Runs that heal* happen in the test run's own session, in a lake that its JVM knows only by what lies on the disk.

`LAKEWARD_FAULTS=all` adds each point on a second delivery for each way of combining, and more kills;
`LAKEWARD_FAULTS_SEED` moves the kills elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from child import OWN

from lakeward.jobs.run import Report, run
from lakeward.lake import delta, runs
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GOLD, SILVER = "gold.faults_daily", "silver.faults.rain"
KINDS = ("rain", "periods", "snapshots", "upserts")
DELIVERIES = {
    "2021.csv": "站,日期,雨量\nA,2021-01-01,1.5\nB,2021-01-01,2\nC,2021-01-02,x\n",
    "2022.csv": "站,日期,雨量\nA,2022-01-01,0.5\nB,2022-01-01,1\nD,2022-01-02,-4\n",
}
PASSING = {"_ingested_at", "run_id", "seen_at", "checked_at", "profiled_at"}
IS_ALL = os.environ.get("LAKEWARD_FAULTS") == "all"
SEED = int(os.environ.get("LAKEWARD_FAULTS_SEED", "3737"))
KILLS = 40 if IS_ALL else 5
PATIENCE_SECONDS = 300.0


def deliver(landing: Path, *names: str) -> Path:
    """Lay out a landing root with some of the deliveries."""
    folder = landing / "faults/rain"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(DELIVERIES[name], "utf-8")
        os.utime(folder / name, (1.7e9, 1.7e9))
    return landing


def here(lake: Path, landing: Path, *tables: str) -> Report:
    """Run in this process."""
    return run(str(lake), str(landing), tables or (GOLD,), own=OWN)


def child(
    lake: Path, landing: Path, *tables: str, crash_at: str = "", through: SparkSession | None = None
) -> subprocess.Popen[str]:
    """Run in a process of its own; `through` is the session whose JVM it works with, by default one of its own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LAKEWARD_", "PYSPARK_", "SPARK_"))
    }
    kept |= {name: os.environ[name] for name in ("LAKEWARD_JARS",) if name in os.environ}
    given = {"LAKEWARD_MASTER": "local[1]", "LAKEWARD_SHUFFLE_PARTITIONS": "1", "LAKEWARD_DRIVER_MEMORY": "1g"}
    if crash_at:
        given["LAKEWARD_CRASH_AT"] = crash_at
    if through is not None:
        gateway = through.sparkContext._gateway.gateway_parameters  # type: ignore[union-attr]
        given |= {"PYSPARK_GATEWAY_PORT": str(gateway.port), "PYSPARK_GATEWAY_SECRET": str(gateway.auth_token)}
    command = [sys.executable, str(Path(__file__).with_name("child.py")), str(lake), str(landing), *(tables or (GOLD,))]
    return subprocess.Popen(command, env=kept | given, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a child; give its exit code and what it said."""
    _, said = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, said


def copied(lake: Path, to: Path) -> Path:
    """Copy a lake to where no JVM has seen it, so that nothing is known of it but what lies on the disk."""
    shutil.copytree(lake, to)
    return to


@dataclass(frozen=True)
class Facts:
    """What must be the same after any fault: rows, versions, releases, each by its name, and what runs reported."""

    rows: dict[str, list[str]]
    versions: dict[str, int]
    releases: dict[str, str]
    reports: set[tuple[str, int, int, int]]


@dataclass(frozen=True)
class Clean:
    """A lake as a run without faults leaves it."""

    lake: Path
    facts: Facts
    files: int


@dataclass(frozen=True)
class Landings:
    """The landing root before and after the second delivery."""

    first: Path
    both: Path


@dataclass(frozen=True)
class Event:
    """Something that a run did to the disk, in order: `sync` of a file, `move` to a name, `told` of a table."""

    what: str
    about: str


def asked(request: pytest.FixtureRequest, name: str) -> list[Any]:
    """List the values of a parameter in those of the file's tests that this test run was asked for, in their order."""
    items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    return [item.callspec.params[name] for item in items if name in item.callspec.params]


def facts(lake: Path) -> Facts:
    """Read a lake, and check that each of its releases is whole."""
    rows, versions = {}, {}
    for log in sorted(lake.rglob("_delta_log")):
        name = ".".join(log.parent.relative_to(lake).parts)
        if name in ("_runs", "_costs", "_lineage"):  # what runs said: one that was killed said less
            continue
        table = delta.opened(log.parent)
        assert table
        told = table.to_pyarrow_table().to_pylist()
        rows[name] = sorted(repr(sorted((k, v) for k, v in row.items() if k not in PASSING)) for row in told)
        if name in ("_quality", "_profiles"):  # a delivery that is checked again has its results told again
            rows[name] = sorted(set(rows[name]))
        if name.startswith(("silver.", "gold.")):
            versions[name] = table.version()
    built = [step for step in runs.steps(Lake(lake)) if step.outcome == "built"]
    reports = {(step.table_name, step.rows_read, step.rows_written, step.rows_quarantined) for step in built}
    return Facts(rows, versions, dict(_releases(lake)), reports)


def _releases(lake: Path) -> Any:
    for folder in (each for each in sorted((lake / "published").glob("[!.]*")) if each.is_dir()):
        latest = json.loads((folder / "latest.json").read_text("utf-8"))
        assert (folder / latest["manifest"]).is_file()
        yield f"{folder.name}/latest", json.dumps(latest)
        for release in (path for path in sorted(folder.iterdir()) if path.is_dir()):
            text = (release / "manifest.json").read_text("utf-8")
            manifest = json.loads(text)
            assert manifest["release"] == release.name
            assert {file["path"] for file in manifest["files"]} | {"manifest.json", "SHA256SUMS"} == {
                p.name for p in release.iterdir()
            }
            for file in manifest["files"]:
                content = (release / file["path"]).read_bytes()
                assert hashlib.sha256(content).hexdigest() == file["sha256"] and len(content) == file["bytes"]
            yield f"{folder.name}/{release.name}", re.sub(r'"(released_at|run_id)": "[^"]*"', r'"\1": ""', text)


def visible_releases_are_whole(lake: Path) -> None:
    """Check what a reader sees between a death and the next run: a release, or none, but no half of one."""
    for folder in (each for each in (lake / "published").glob("[!.]*") if each.is_dir()):
        for release in (path for path in folder.iterdir() if path.is_dir()):
            for file in json.loads((release / "manifest.json").read_text("utf-8"))["files"]:
                assert hashlib.sha256((release / file["path"]).read_bytes()).hexdigest() == file["sha256"]
        if (folder / "latest.json").exists():
            assert (folder / json.loads((folder / "latest.json").read_text("utf-8"))["manifest"]).is_file()


def files_in(lake: Path) -> int:
    """Count files; folders and files that go away meanwhile do not matter."""
    return sum(len(files) for _, _, files in os.walk(lake))


@dataclass(frozen=True)
class Death:
    """One kill: after how many files, and what it cut off."""

    number: int
    after: str
    lake: Path
    code: int
    said: str
    cut: tuple[str, ...]
    undone: tuple[str, ...]

    @property
    def is_inside_a_write(self) -> bool:
        """True when it left half a write, or some of the run's commits without the others."""
        return bool(self.cut or self.undone)


def killed(number: int, lake: Path, landing: Path, files: int) -> Death:
    """Start a driver and kill it at a moment drawn by the seed: when the lake has so many files, and a little later.

    Files are counted, not seconds: the same seed then means the same moment on a slow machine.
    """
    dice = Random(f"{SEED}/{number}")  # noqa: S311
    wanted, wait = dice.randint(1, files - 1), dice.choice((0.0, 0.0, dice.uniform(0, 0.4)))
    process = child(lake, landing)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while files_in(lake) < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(wait)
    process.kill()
    code, said = ended(process)
    _until_gone(lake)
    return Death(number, f"{wanted} of {files} files + {wait:.2f} s", lake, code, said, cut(lake), undone(lake))


def _until_gone(lake: Path) -> None:
    told = json.loads((lake / "_lease").read_text("utf-8") or "{}") if (lake / "_lease").exists() else {}
    jvm = (told.get("jvm") or {}).get("pid")
    deadline = time.monotonic() + 60
    while jvm and Path(f"/proc/{jvm}").exists():
        assert time.monotonic() < deadline, f"JVM {jvm} outlives its driver by a minute"
        time.sleep(0.02)


def cut(lake: Path) -> tuple[str, ...]:
    """Name what only a write in progress leaves: data files that no log names, logs and releases half made."""
    named = set()
    for log in lake.rglob("_delta_log/*.json"):
        for line in log.read_text("utf-8").splitlines():
            if added := json.loads(line).get("add"):
                named.add(log.parent.parent / unquote(added["path"]))
    data = {
        file for file in lake.rglob("*.parquet") if "published" not in file.parts and "_delta_log" not in file.parts
    }
    left = [*(data - named), *lake.rglob("_delta_log/.*.tmp"), *lake.glob("published/.staging/*")]
    return tuple(sorted(str(file.relative_to(lake)) for file in left))


def undone(lake: Path) -> tuple[str, ...]:
    """Name what a run had still to commit, when it had committed anything at all."""
    steps = ["bronze/faults/rain", "quarantine/faults/rain", "silver/faults/rain", "gold/faults_daily"]
    have = [(lake / step / "_delta_log" / f"{0:020}.json").exists() for step in steps]
    have += [(lake / "published/faults_daily/latest.json").exists()]
    missing = [step for step, is_there in zip([*steps, "latest.json"], have, strict=True) if not is_there]
    return tuple(missing) if have[0] else ()
