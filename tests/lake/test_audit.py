"""What was acknowledged and is no longer so is found: gone, cut, flipped, not what the manifest says."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import convert_to_deltalake

from lakeward.lake import release
from lakeward.lake.audit import audit, pinned
from lakeward.lake.disk import Disk
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column

TABLE = "gold.made_rain"
COLUMNS = (Column("day", "int", "made day", key=True), Column("rain_mm", "double", "made rain", unit="mm"))
DATA, LOG = "part-0.parquet", "_delta_log/00000000000000000000.json"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake of one made table of 5,000 rows, released once, its pages with checksums as Spark writes them."""
    lake = Lake.at(str(tmp_path / "湖 a"))
    folder = lake.table(TABLE)
    folder.mkdir(parents=True)
    rows = pa.table({"day": pa.array(range(5_000), pa.int32()), "rain_mm": [day * 0.37 for day in range(5_000)]})
    pq.write_table(rows, folder / DATA, write_page_checksum=True)
    convert_to_deltalake(str(folder))
    release.publish(lake, TABLE, 0, COLUMNS, {}, "r1")
    return lake


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def test_a_whole_lake_has_no_fault(lake: Lake) -> None:
    found = audit(lake, [TABLE, "silver.not_there"])

    assert (found.faults, found.tables, found.versions, found.releases, found.files) == ([], 1, 1, 1, 2)
    assert pinned(lake, TABLE) == {0}


@pytest.mark.parametrize(
    ("harm", "quick", "problem"),
    [
        (Path.unlink, True, "it is gone"),
        (_cut, True, "bytes"),
        (_flip, True, ""),
        (_flip, False, "its content is damaged"),
    ],
)
def test_harm_to_a_data_file_is_named(lake: Lake, harm: Callable[[Path], None], quick: bool, problem: str) -> None:
    harm(lake.table(TABLE) / DATA)

    faults = audit(lake, [TABLE], reads=not quick).faults

    assert [(each.where, each.file) for each in faults] == ([("version 0", DATA)] if problem else [])
    assert all(problem in each.problem for each in faults)


@pytest.mark.parametrize("notes", ["MD5", "something else", "nothing"])
def test_bytes_that_changed_below_a_store_are_told_by_what_it_noted(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, notes: str
) -> None:
    """In the name of the writer no reader's answer changes, and no checksum of Parquet's covers it."""
    folder = lake.table(TABLE)
    noted = {file.name: md5(file.read_bytes()).hexdigest() for file in (folder / DATA, folder / LOG)}  # noqa: S324
    if notes == "something else":  # as of a store that encrypts
        noted = {name: told[::-1] for name, told in noted.items()}
    monkeypatch.setattr(Disk, "etag", lambda _, file: (noted[file.name] if notes != "nothing" else "", 0))
    assert audit(lake, [TABLE]).faults == []
    content = (folder / DATA).read_bytes()
    (folder / DATA).write_bytes(content.replace(b"parquet-cpp", b"parquet-cpq"))

    problems = [each.problem for each in audit(lake, [TABLE]).faults]

    assert problems == (["its content is damaged: the store gives other bytes than were put"] if notes == "MD5" else [])


def test_a_column_of_another_name_is_named_though_all_rows_are_there(lake: Lake) -> None:
    """Delta's readers find columns by their names, and give nothing for one that they do not find."""
    file = lake.table(TABLE) / DATA
    rows = pq.read_table(file).rename_columns(["day", "rain_mn"])
    size = file.stat().st_size
    pq.write_table(rows, file, write_page_checksum=True)
    assert file.stat().st_size == size

    assert [each.problem for each in audit(lake, [TABLE]).faults] == [
        "its content is damaged: it has a column rain_mn, which is none of the table's"
    ]


def test_a_log_that_cannot_be_read_is_named_and_its_releases_are_still_looked_at(lake: Lake) -> None:
    (lake.table(TABLE) / LOG).write_text("{", "utf-8")
    _flip(lake.releases(TABLE) / "1.0" / "made_rain.parquet")

    faults = audit(lake, [TABLE]).faults

    assert [(each.where, each.problem.partition(":")[0]) for each in faults] == [
        ("log", "the log cannot be read"),
        ("release 1.0", "its sha256 is not the manifest's"),
    ]


def test_a_release_that_is_not_whole_is_named(lake: Lake) -> None:
    folder = lake.releases(TABLE)
    (folder / "1.0" / "manifest.json").write_text("{", "utf-8")

    assert [(each.where, each.file) for each in audit(lake, [TABLE]).faults] == [
        ("release 1.0", "manifest.json"),
        ("releases", "latest.json"),
    ]

    (folder / "latest.json").write_text(json.dumps({"release": "7.0"}), "utf-8")

    assert "names release 7.0" in audit(lake, [TABLE]).faults[-1].problem
