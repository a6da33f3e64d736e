"""Parts of the portal: which picture is chosen, what search finds, what cells say, snippets that run."""

from __future__ import annotations

import json
import shlex
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from made_site import ROADS, publish, road_rows

from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.portal import words
from lakeward.sharing.portal.extract import Extract
from lakeward.sharing.portal.figure import Figure, figures
from lakeward.sharing.portal.finding import tokens
from lakeward.sharing.portal.outlines import county_outlines
from lakeward.sharing.portal.snippet import snippets

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COUNTY = Column("county_name", "string", "county", title="縣市", key=True)
YEAR = Column("year", "int", "year", title="年", key=True)
CASES = Column("cases", "bigint", "cases", unit="cases", title="病例數")


def chosen(lake: Lake, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> list[Figure]:
    table = Curated(
        name="gold.made", title="Cases", title_zh="病例", inputs=(), grain="one row", columns=columns, build=lambda: None,  # type: ignore[arg-type,return-value]
    )  # fmt: skip
    publish(lake, table, rows)
    extract = Extract.newest(lake, "gold.made")
    assert extract
    return figures(table, extract)


def test_a_table_over_time_and_places_gets_a_line_and_a_map(made_lake: Lake, tables: dict[str, Table]) -> None:
    roads, extract = tables[ROADS], Extract.newest(made_lake, ROADS)
    assert isinstance(roads, Curated) and extract

    line, places = figures(roads, extract)

    assert (line.kind, line.title.en, line.labels[0]) == ("line", "Fatal crashes, by month", "2020-01")
    assert line.series[""][0] == sum(row["crashes"] for row in road_rows() if row["crash_on"] < date(2020, 2, 1))
    assert (places.kind, places.is_rate) == ("map", False)


def test_places_are_compared_in_the_newest_year_as_years_may_count_the_same_people(lake: Lake) -> None:
    rows = [{"county_name": name, "year": year, "cases": cases} for name, year, cases in (
        ("臺北市", 2019, 5), ("臺北市", 2020, 7), ("臺中市", 2019, 100), ("臺中市", 2020, 9),
    )]  # fmt: skip

    places = chosen(lake, (COUNTY, YEAR, CASES), rows)[-1]

    assert (places.title.en, places.labels, places.series[""]) == (
        "Cases, by county (2020)",
        ("臺中市", "臺北市"),
        (9, 7),
    )


def test_a_year_without_rows_is_a_gap_of_the_line(lake: Lake) -> None:
    rows = [{"county_name": "臺北市", "year": year, "cases": 3} for year in (2015, 2016, 2019)]

    line = chosen(lake, (COUNTY, YEAR, CASES), rows)[0]

    assert line.labels == ("2015", "2016", "2017", "2018", "2019")
    assert line.series[""] == (3, 3, None, None, 3)


def test_kinds_are_counted_where_there_is_neither_time_nor_place(lake: Lake) -> None:
    columns = (Column("code", "string", "code", key=True), Column("colour", "string", "colour", title="顏色"))

    [bars] = chosen(lake, columns, [{"code": str(at), "colour": "red" if at % 3 else "blue"} for at in range(9)])

    assert (bars.kind, bars.labels, bars.series[""]) == ("bars", ("red", "blue"), (6, 3))


def test_counties_that_were_merged_have_one_outline(made_lake: Lake, lake: Lake) -> None:
    found = county_outlines(made_lake)

    assert set(found) == {"臺北市", "臺中市", "花蓮縣", "澎湖縣"}
    assert county_outlines(lake) == {}


def test_chinese_is_found_by_pairs_and_tai_in_either_way() -> None:
    assert list(tokens("台南市登革熱 rain_mm")) == ["臺南", "南市", "市登", "登革", "革熱", "rain", "mm"]


@pytest.mark.parametrize(("value", "kind", "said"), [
    (12345, "number", "12,345"), (2014, "plain", "2014"), (0.123456, "number", "0.1235"), (12345.6, "number", "12,346"),
    (None, "string", ""), (True, "boolean", "✓"), (date(2020, 1, 2), "date", "2020-01-02"), (datetime(2020, 1, 2, 3, 4, tzinfo=UTC), "date", "2020-01-02 03:04"), ("字" * 70, "string", "字" * 59 + "…"),
])  # fmt: skip
def test_cells(value: object, kind: str, said: str) -> None:
    assert words.cell(value, kind) == said


def test_the_lines_for_python_and_sql_run(made_lake: Lake) -> None:
    import duckdb

    extract = Extract.newest(made_lake, ROADS)
    assert extract
    code = {each.tool: each.code for each in snippets(extract.parquet, "", f"{extract.folder}/")}

    for tool in ("pandas", "polars"):
        told: dict[str, Any] = {}
        exec(code[tool], told)  # noqa: S102 - it is what the page tells people to run
        assert len(told["rows"]) == extract.rows
    assert len(duckdb.execute(code["DuckDB"]).fetchall()) == 10


def test_several_files_are_read_as_one(made_lake: Lake) -> None:
    import duckdb

    extract = Extract.newest(made_lake, ROADS)
    assert extract
    code = {each.tool: each.code for each in snippets(extract.parquet * 2, "", f"{extract.folder}/")}

    for tool in ("pandas", "polars"):
        told: dict[str, Any] = {}
        exec(code[tool], told)  # noqa: S102
        assert len(told["rows"]) == 2 * extract.rows
    assert len(duckdb.execute(code["DuckDB"].replace("LIMIT 10;", "")).fetchall()) == 2 * extract.rows


def test_the_wheel_carries_what_the_pages_need() -> None:
    from importlib.resources import files

    portal = files("lakeward.sharing.portal")
    assert {each.name for each in portal.joinpath("assets").iterdir()} >= {
        "portal.css",
        "portal.js",
        "rows.js",
        "parquet.js",
        "theme.js",
    }
    assert Path(str(portal.joinpath("assets", "parquet.js"))).stat().st_size < 100_000


def test_the_bundle_is_what_its_source_makes(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3] / "sharing" / "portal"
    esbuild = root / "web" / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        pytest.skip(f"{esbuild} is not here; `npm ci` in {root / 'web'} brings it")
    command = json.loads((root / "web" / "package.json").read_text("utf-8"))["scripts"]["parquet"]
    made = tmp_path / "parquet.js"

    words = shlex.split(command.replace("../assets/parquet.js", str(made)))
    subprocess.run([str(esbuild), *words[1:]], cwd=root / "web", check=True, capture_output=True)

    assert made.read_bytes() == (root / "assets" / "parquet.js").read_bytes(), "`make front-end` makes it again"


def test_the_lines_for_spark_run(spark: SparkSession, made_lake: Lake) -> None:
    extract = Extract.newest(made_lake, ROADS)
    assert extract
    code = {each.tool: each.code for each in snippets(extract.parquet, "", "")}["Spark"]
    told: dict[str, Any] = {"spark": spark}

    exec(code.replace(extract.parquet[0], str(extract.folder / extract.parquet[0])), told)  # noqa: S102

    assert told["rows"].count() == extract.rows
