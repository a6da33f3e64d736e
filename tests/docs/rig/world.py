"""The lake that the pages speak of: what docs/start.md makes, and a table with some releases beside it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, write_deltalake

from lakeward.jobs.cli import main
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.catalog import declared

TOWNS, BURGLARIES = "gold.town_profile", "silver.police.burglaries"
MADE: dict[str, tuple[pa.DataType, object]] = {
    "string": (pa.string(), "花蓮縣"), "date": (pa.date32(), date(2024, 1, 1)), "int": (pa.int32(), 20_000),
    "bigint": (pa.int64(), 20_000), "double": (pa.float64(), 1.5),
}  # fmt: skip
RELEASES = 4
GIVEN = {
    "delivery.csv": "站碼,日期,雨量毫米\n466920,2026-01-01,3.5\n466920,2026-01-02,0.0\n",
    "雨量.csv": "站碼,日期,雨量\n466920,2026-01-01,3.5\n466920,2026-01-02,0.0\n",
    "門診.csv": "統計日期,醫院,人次\n114/01/01,甲醫院,12\n114/01/02,乙醫院,7\n114/01/03,丙醫院,31\n",
    "form.json": '{"distribution": [{"resourceField": [], "resourceDescription": "雨量"}]}',
}
"""Files that readers have of their own."""


def filled(folder: Path) -> None:
    """Put beside the lake's tables what it takes no Spark to make."""
    lake, columns = Lake.at(str(folder / "lake")), declared()[TOWNS].columns
    for version in range(RELEASES):
        values = {each.name: pa.array([_value(each, version)], MADE[each.type][0]) for each in columns}
        note = {"lakeward": 1, "run": f"20260101T00000{version}-000000", "inputs": {}, "fingerprint": "made"}
        told = CommitProperties(custom_metadata={"userMetadata": json.dumps(note)})
        write_deltalake(str(_made(lake, TOWNS)), pa.table(values), mode="overwrite", commit_properties=told)
        assert main(["publish", TOWNS, "--lake", str(folder / "lake")]) == 0
    write_deltalake(str(_made(lake, BURGLARIES)), pa.table(values))
    assert main(["publish", TOWNS, "--set", "2026Q3", "--lake", str(folder / "lake")]) == 0


def copied(made: Path, to: Path) -> Path:
    """Give a page a folder of its own with the lake; the agencies' files lie where the project's own would."""
    folder = to / "work"
    shutil.copytree(made, folder)
    (to / "shared").mkdir()
    (to / "shared/data").symlink_to(folder / "landing")
    for name, text in GIVEN.items():
        (folder / name).write_text(text, "utf-8")
    shutil.copytree(folder / f"lake/published/town_profile/1.{RELEASES - 1}", folder, dirs_exist_ok=True)
    return folder


def landed(page: Path, folder: Path) -> None:
    """Put the delivery that CONTRIBUTING.md works through into `landing`, and its declaration into `own`."""
    blocks = dict(re.findall(r"```(csv|diff)\n(.*?)```", page.read_text("utf-8"), re.DOTALL))
    file = folder / "landing/culture/moe_libraries/110_made.csv"
    file.parent.mkdir(parents=True)
    file.write_text(blocks["csv"], "utf-8")
    subprocess.run(["git", "apply", "-p2", "--directory=own"], input=blocks["diff"], check=True, text=True, cwd=folder)


def _value(column: Column, version: int) -> object:
    """Give a value of the only row, that grows from version to version."""
    value = MADE[column.type][1]
    return value + version if isinstance(value, int | float) else value


def _made(lake: Lake, table: str) -> Path:
    found = Path(str(lake.table(table)))
    found.mkdir(parents=True, exist_ok=True)
    return found
