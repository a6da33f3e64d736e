"""A lake is read from Python, in every form, by version, release and time; what is not there is told with what is near."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from made_shelf import RAIN
from rainfall import rain

import lakeward
from lakeward.lake import release
from lakeward.lake.errors import UsageError
from lakeward.sharing.reader.lake import OpenLake
from lakeward.sharing.reader.table import Table
from lakeward.sharing.releases.press import Consumers


@pytest.fixture
def table(opened: OpenLake) -> Table:
    return opened[RAIN.name]


def _gauges(rows: pa.Table) -> list[str]:
    return sorted(map(str, rows["gauge_id"].to_pylist()))


def test_every_form_holds_the_same_rows(table: Table) -> None:
    asked: dict[str, Any] = {"columns": ["rain_mm", "gauge_id"], "where": "rain_mm > 5", "limit": 9}
    wanted = [(8.0, "A"), (99.0, "D")]

    assert sorted(table.duckdb(**asked).fetchall()) == wanted
    assert sorted(map(tuple, table.pandas(**asked).to_numpy().tolist())) == wanted
    assert sorted(table.polars(**asked).rows()) == wanted
    assert table.arrow(**asked).column_names == ["rain_mm", "gauge_id"]
    assert len(table.head(2)) == 2 and table.arrow(limit=0).num_rows == 0


def test_files_that_cannot_hold_a_row_are_not_read(opened: OpenLake) -> None:
    path = opened.lake.table(RAIN.name)
    late = next(file for file in path.glob("*.parquet") if "D" in pa.parquet.read_table(file)["gauge_id"].to_pylist())
    late.unlink()

    assert _gauges(opened[RAIN.name].arrow(where="fell_on < DATE '2026-01-01'")) == ["A", "A", "C"]
    with pytest.raises((OSError, UsageError)):
        opened[RAIN.name].arrow()


def test_a_version_a_release_and_a_time_are_read_as_they_were(opened: OpenLake) -> None:
    table = opened[RAIN.name]
    before = datetime.now(UTC)
    time.sleep(0.02)
    write_deltalake(str(opened.lake.table(RAIN.name)), rain(("E", date(2030, 1, 2), 1.0)), mode="overwrite")

    assert _gauges(table.arrow()) == ["E"]
    assert _gauges(table.arrow(version=1)) == _gauges(table.arrow(version="1")) == ["A", "A", "C"]
    assert _gauges(table.arrow(version="1.0")) == ["A", "A", "B"]
    assert _gauges(table.arrow(as_of=before)) == _gauges(table.arrow(as_of=before.isoformat())) == ["A", "A", "C", "D"]


def test_a_time_is_read_from_a_release_when_the_versions_files_are_gone(opened: OpenLake) -> None:
    path = opened.lake.table(RAIN.name)
    moment = DeltaTable(str(path)).history()[1]["timestamp"]
    write_deltalake(str(path), rain(("E", date(2030, 1, 2), 1.0)), mode="overwrite")
    DeltaTable(str(path)).vacuum(0, dry_run=False, enforce_retention_duration=False)

    at = datetime.fromtimestamp(moment / 1000, UTC)

    assert _gauges(opened[RAIN.name].arrow(as_of=at, columns=["gauge_id"])) == ["A", "A", "C"]


def test_changes_are_told_by_key(table: Table) -> None:
    told = table.changes("1.0", "1.1")[["_change_type", "gauge_id", "rain_mm"]].astype(object)

    assert told.where(told.notna(), None).to_numpy().tolist() == [
        ["update_preimage", "A", None],
        ["update_postimage", "A", 8.0],
        ["delete", "B", 0.0],
        ["insert", "C", 2.0],
    ]
    assert table.changes(1)["gauge_id"].tolist() == ["D"]


def test_changes_without_a_key_are_rows_gone_and_come(opened: OpenLake) -> None:
    told = OpenLake(opened.lake)[RAIN.name].changes(0, 1)

    assert sorted(told["_change_type"]) == ["delete", "delete", "insert", "insert"]


def test_history_tells_versions_and_their_releases(table: Table) -> None:
    told = table.history()

    assert told["version"].tolist() == [2, 1, 0]
    assert told["releases"].tolist() == ["", "1.1", "1.0"]


def test_quality_tells_each_rule(table: Table) -> None:
    assert table.quality()["history"].tolist() == ["✓", "!"]


def test_the_lake_is_a_mapping_of_the_names_of_the_command_line(opened: OpenLake) -> None:
    assert list(opened) == ["gold.rain_day", "silver.environment.gauges"] and len(opened) == 2
    assert opened["environment.gauges"].name == "silver.environment.gauges"
    assert "gold.rain_day" in opened and "gold.snow" not in opened and opened.get("gold.snow") is None
    listed = opened.tables().to_dict("records")[0]
    assert [listed[name] for name in ("title_zh", "rows", "version", "release")] == ["各站逐日雨量", 4, 2, "1.1"]


@pytest.mark.parametrize(("ask", "told"), [
    (lambda lake: lake["gold.rain_dya"], "gold.rain_day"),
    (lambda lake: lake["maps.villages"], "lakeward run maps.villages"),
    (lambda lake: lake["../own"], "take one of gold.rain_day"),
    (lambda lake: lake[3], "take one of gold.rain_day"),
    (lambda lake: lake["gold.rain_day"].arrow(version=-1), "0 or more"),
    (lambda lake: lake["gold.rain_day"].arrow(version=0.5), "0 or more"),
    (lambda lake: lake["gold.rain_day"].arrow(version=""), "there are 1.0, 1.1"),
    (lambda lake: lake["gold.rain_day"].arrow(limit=-1), "0 or more"),
    (lambda lake: lake["gold.rain_day"].arrow(columns=[]), "leave it out"),
    (lambda lake: lake["gold.rain_day"].plot("fell_on", "kind"), "count"),
    (lambda lake: lake["gold.rain_day"].arrow(columns=["rain_m"]), "rain_mm"),
    (lambda lake: lake["gold.rain_day"].arrow(where="rain_m > 1"), "rain_mm"),
    (lambda lake: lake["gold.rain_day"].arrow(where="rain_mm >"), "DuckDB's SQL"),
    (lambda lake: lake["gold.rain_day"].arrow(colums=["rain_mm"]), "columns"),
    (lambda lake: lake["gold.rain_day"].arrow(version=9), "the newest is 2"),
    (lambda lake: lake["gold.rain_day"].arrow(version="9.0"), "there are 1.0, 1.1"),
    (lambda lake: lake["environment.gauges"].arrow(version="1.0"), "a version is a number"),
    (lambda lake: lake["gold.rain_day"].arrow(version="../1.0"), "there are 1.0, 1.1"),
    (lambda lake: lake["gold.rain_day"].arrow(as_of="soon"), "give 2026-03-01"),
    (lambda lake: lake["gold.rain_day"].arrow(as_of="2020-01-01"), "it is known since"),
    (lambda lake: lake["gold.rain_day"].arrow(version=1, as_of="2026-03-01"), "give one of them"),
    (lambda lake: lake["gold.rain_day"].arrow(where="gauge_id::int > 1"), "mend the query"),
    (lambda lake: lake["gold.rain_day"].arrow(where="exists (from read_text('/etc/hosts'))"), "by their names"),
    (lambda lake: lake["gold.rain_day"].plot("fell_on", "rain"), "rain_mm"),
    (lambda lake: lake["gold.rain_day"].plot("fell_on", "rain_mm", of="summ"), "sum"),
])  # fmt: skip
def test_what_is_not_there_is_told_with_what_is_near(
    opened: OpenLake, ask: Callable[[OpenLake], object], told: str
) -> None:
    with pytest.raises(UsageError) as raised:
        ask(opened)

    assert told in raised.value.remedy


def test_a_withdrawn_release_says_why(opened: OpenLake) -> None:
    told = {"at": "2026-01-01T00:00:00+00:00", "reason": "wrong gauges"}
    release.withdraw(opened.lake, RAIN.name, "1.0", told, Consumers(opened.lake))

    with pytest.raises(UsageError, match="wrong gauges"):
        opened[RAIN.name].arrow(version="1.0")


def test_the_card_tells_what_one_should_know_and_shows_markup_as_text(opened: OpenLake) -> None:
    table = opened[RAIN.name]
    page, text = table._repr_html_(), repr(table)

    for told in ("各站逐日雨量", "Rain by gauge and day", "one row a gauge and day", "mm", "rain of the day", "1.1",
                 "2 條規則中 1 條成立", "政府資料開放授權條款", "經濟部水利署", "Snow is not rain.", "[data set]"):  # fmt: skip
        assert told in page and told in text, told
    assert "雨量" in page and "<code>gauge_id</code> *" in page and "gauge_id *" in text
    bare = opened.lake.table("gold.bare")
    bare.mkdir()
    write_deltalake(str(bare), pa.table({"<b>x</b>": [1]}))
    assert "&lt;b&gt;x&lt;/b&gt;" in opened["gold.bare"]._repr_html_() and "none is known" in repr(opened["gold.bare"])


def test_a_chart_adds_up_and_names_axes(table: Table) -> None:
    chart = table.plot("fell_on", "rain_mm", of="max", where="gauge_id <> 'D'").to_dict()

    assert chart["mark"] == {"point": True, "type": "line"}
    assert chart["encoding"]["y"]["title"] == "雨量 (mm) · max"
    assert sorted(row["value"] for row in next(iter(chart["datasets"].values()))) == [1.5, 2.0, 8.0]


def test_a_chart_without_altair_names_the_extra(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)

    with pytest.raises(UsageError, match=r"lakeward\[notebook\]"):
        table.plot("fell_on", "rain_mm")


def test_a_lake_whose_path_holds_blanks_and_chinese_is_read(tmp_path: Path) -> None:
    path = tmp_path / "我的 lake" / "gold" / "parted"
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.table({"county": ["花蓮 縣", None], "n": [1, 2]}), partition_by=["county"])

    lake = lakeward.open(tmp_path / "我的 lake")

    assert sorted(lake["gold.parted"].arrow().to_pylist(), key=lambda row: row["n"]) == [
        {"county": "花蓮 縣", "n": 1},
        {"county": None, "n": 2},
    ]
    assert lake["gold.parted"].arrow(where="county = '花蓮 縣'")["n"].to_pylist() == [1]


def test_no_lake_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no lake"):
        lakeward.open(tmp_path / "nowhere")


def test_reading_needs_no_spark_and_importing_nothing(opened: OpenLake) -> None:
    code = f"""
import sys
for name in ("pyspark", "py4j", "great_expectations", "delta"):
    sys.modules[name] = None
import lakeward
heavy = [name for name in ("pyarrow", "pandas", "duckdb", "deltalake", "click") if name in sys.modules]
lake = lakeward.open({str(opened.lake.root)!r}, pipelines={opened.pipelines!r})
table = lake["gold.rain_day"]
table.pandas(); table.head(); table.history(); table.quality(); table.changes(0); repr(table); table._repr_html_()
lake.tables(); lake.sql("from gold.rain_day").fetchall()
print(heavy)
"""
    path = [each for each in sys.path if each]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{code}"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "[]", done.stderr
