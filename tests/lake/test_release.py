"""Releases: what their manifests say is true, and readers never see half of one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

from lakeward.lake import release
from lakeward.lake.errors import LakewardError
from lakeward.lake.press import Manifest
from lakeward.lake.release import newest, publish
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column

COLUMNS = (
    Column("county", "string", "county", title="縣市", key=True),
    Column("on", "date", "day", key=True),
    Column("rain_mm", "double", "rain", unit="mm", title="雨量"),
)
ROWS = [("乙縣", 18628, 2.5), ("甲縣", 18629, None), ("甲縣", 18628, 0.0)]


def _write(lake: Lake, rows: Sequence[tuple[str, int, float | None]] = ROWS, mode: str = "overwrite") -> None:
    county, days, rain = zip(*rows, strict=True)
    table = pa.table({
        "rain_mm": pa.array(rain, pa.float64()), "county": pa.array(county), "on": pa.array(days, pa.date32()),
    })  # fmt: skip
    lake.table("gold.rain").mkdir(parents=True, exist_ok=True)
    write_deltalake(str(lake.table("gold.rain")), table, mode=mode)  # type: ignore[call-overload]


def _publish(lake: Lake, version: int, columns: Sequence[Column] = COLUMNS) -> Manifest:
    return publish(lake, "gold.rain", version, columns, {"licence": "made"}, "run-1")


def test_what_the_manifest_says_is_true(lake: Lake) -> None:
    _write(lake)

    manifest = _publish(lake, 0)
    folder = lake.releases("gold.rain") / "1.0"
    file = manifest["files"][0]
    content = (folder / file["path"]).read_bytes()
    rows = pq.read_table(folder / file["path"])

    assert json.loads((folder / "manifest.json").read_text("utf-8")) == manifest == newest(lake, "gold.rain")
    assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (manifest["rows"], manifest["bytes"], file["rows"]) == (3, len(content), 3)
    assert manifest["source"] == {"table": "gold.rain", "version": 0}
    assert (manifest["run_id"], manifest["licence"]) == ("run-1", "made")
    assert [(c["name"], c["unit"], c["key"]) for c in manifest["schema"]] == [
        ("county", "", True), ("on", "", True), ("rain_mm", "mm", False),
    ]  # fmt: skip
    assert rows.column_names == ["county", "on", "rain_mm"]
    assert [tuple(row.values())[::2] for row in rows.to_pylist()] == [("乙縣", 2.5), ("甲縣", 0.0), ("甲縣", None)]
    assert (rows.schema.field("rain_mm").metadata or {})[b"unit"] == b"mm"
    assert pq.ParquetFile(folder / file["path"]).metadata.row_group(0).column(0).compression == "ZSTD"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "rain.parquet"]
    assert json.loads((folder.parent / "latest.json").read_text("utf-8")) == {
        "release": "1.0", "manifest": "1.0/manifest.json",
    }  # fmt: skip


def test_the_readme_reads_a_release(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(lake)
    _publish(lake, 0)
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    code = readme.partition("```python\n")[2].partition("```")[0].replace("lake/published/road_safety_weather", "rain")
    *before, last = code.strip().splitlines()
    monkeypatch.chdir(lake.releases("gold.rain").parent)
    names: dict[str, Any] = {}

    exec("\n".join(before), names)  # noqa: S102 - our own README
    assert list(eval(last, names)["rain_mm"])[:2] == [2.5, 0.0]  # noqa: S307 - likewise


def test_a_version_is_released_once(lake: Lake) -> None:
    _write(lake)
    first = _publish(lake, 0)
    latest = lake.releases("gold.rain") / "latest.json"
    stamp = latest.stat().st_mtime_ns

    assert _publish(lake, 0) == first
    assert latest.stat().st_mtime_ns == stamp
    assert sorted(path.name for path in latest.parent.iterdir()) == ["1.0", "latest.json"]


def test_numbers_tell_whether_readers_break(lake: Lake) -> None:
    _write(lake)
    _write(lake, [*ROWS, ("丙縣", 18628, 1.0)])
    more = (*COLUMNS[:2], Column("rain_mm", "decimal(6,2)", "rain"))

    assert [_publish(lake, 0)["release"], _publish(lake, 1)["release"]] == ["1.0", "1.1"]
    _write(lake)
    assert _publish(lake, 2, COLUMNS[:2])["release"] == "2.0"  # a column is gone
    _write(lake)
    assert _publish(lake, 3)["release"] == "2.1"  # a column is new
    _write(lake)
    assert _publish(lake, 4, more)["release"] == "3.0"  # a type is another
    for _ in range(8):
        _write(lake)
    assert [_publish(lake, version, more)["release"] for version in range(5, 13)][-1] == "3.8"
    assert (newest(lake, "gold.rain") or {})["source"]["version"] == 12


def test_the_tenth_minor_release_comes_after_the_ninth(lake: Lake) -> None:
    for version in range(12):
        _write(lake)
        _publish(lake, version)

    assert (newest(lake, "gold.rain") or {})["release"] == "1.11"


def test_latest_is_switched_last(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(lake)
    _publish(lake, 0)
    _write(lake, ROWS[:1])

    for stop in ("release.files", "release.manifest", "release.promoted"):

        def dies(point: str, _: str = "", last: str = stop) -> None:
            if point == last:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(release, "crash_point", dies)
            with pytest.raises(KeyboardInterrupt):
                _publish(lake, 1)
        assert (newest(lake, "gold.rain") or {})["release"] == "1.0"

    assert _publish(lake, 1)["release"] == "1.1"
    assert (newest(lake, "gold.rain") or {})["rows"] == 1
    names = sorted(path.name for path in lake.releases("gold.rain").iterdir())
    assert names == ["1.0", "1.1", "latest.json"]


def test_large_tables_are_cut_into_files_that_hold_every_row(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROWS_A_FILE", 2)
    _write(lake)

    manifest = _publish(lake, 0)
    folder = lake.releases("gold.rain") / "1.0"
    parts = [pq.read_table(folder / file["path"]) for file in manifest["files"]]

    assert [file["rows"] for file in manifest["files"]] == [2, 1]
    assert pa.concat_tables(parts).num_rows == manifest["rows"] == 3


def test_a_file_that_reads_back_otherwise_is_not_released(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(lake)
    monkeypatch.setattr(pq, "read_table", lambda *_, **__: pa.table({"county": ["?"]}))

    with pytest.raises(LakewardError, match="did not read back"):
        _publish(lake, 0)
    assert newest(lake, "gold.rain") is None


def test_nothing_released_is_no_release(lake: Lake) -> None:
    assert newest(lake, "gold.rain") is None
