"""The forms of a release hold the rows of the table, each in its own way."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from lakeward.sharing.releases import as_csv, as_xlsx
from lakeward.sharing.releases.geometry import with_geometry

NASTY = ["=1+1", "+886", "-5", "@sum", "\tx", "'quoted", "＝1", "plain", "", None, '=cmd|"/c calc"!A1', "甲\n乙"]


def test_no_cell_of_a_csv_is_a_formula_and_the_guard_can_be_undone(tmp_path: Path) -> None:
    rows = pa.table({"text": pa.array(NASTY, pa.string()), "number": pa.array(range(-6, 6), pa.int64())})

    file = as_csv.write(tmp_path / "x.csv", rows)
    back = pc.read_csv(
        file,
        convert_options=pc.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False),
        parse_options=pc.ParseOptions(newlines_in_values=True),
    )
    with file.open(encoding="utf-8-sig", newline="") as content:
        cells = [row[0] for row in csv.reader(content)][1:]

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not [cell for cell in cells if cell[:1] in {*"=+-@\t\r\n", "＝", "＋", "－", "＠"}]
    assert back.set_column(0, "text", as_csv.unguarded(back["text"])).equals(rows)


def test_times_are_utc_and_lists_are_json_in_a_csv(tmp_path: Path) -> None:
    rows = pa.table({
        "at": pa.array([datetime(2021, 1, 1, 8)], pa.timestamp("us", "UTC")), "names": [["甲", "=乙"]], "on": [date(2021, 1, 1)],
    })  # fmt: skip

    with as_csv.write(tmp_path / "x.csv", rows).open(encoding="utf-8-sig", newline="") as content:
        told = next(csv.DictReader(content))

    assert told["at"] == "2021-01-01T08:00:00.000000Z"
    assert (json.loads(told["names"]), told["on"]) == (["甲", "=乙"], "2021-01-01")


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(tmp_path: Path) -> None:
    rows = pa.table({
        "text": ["=1+1", "09007", None], "number": [1, 2**60, None], "share": [0.5, float("nan"), None],
        "on": [date(2021, 1, 1), date(1899, 5, 1), None], "is_wet": [True, False, None],
    })  # fmt: skip
    schema = [{name: f"{name} of text" for name in as_xlsx.COLUMN}]

    book = openpyxl.load_workbook(as_xlsx.write(tmp_path / "x.xlsx", rows, schema, {"licence": "CC0-1.0"}))
    told = list(book["data"].iter_rows(values_only=True))

    assert told[1] == ("=1+1", 1, 0.5, datetime(2021, 1, 1), True)
    assert told[2] == ("09007", str(2**60), "nan", "1899-05-01", False)
    assert book["data"]["A2"].data_type == "s"
    assert [row[1] for row in book["columns"].iter_rows(values_only=True)] == ["title_zh", "title_zh of text"]
    assert list(book["about"].iter_rows(values_only=True)) == [("licence", "CC0-1.0")]


def test_the_same_rows_make_the_same_workbook(tmp_path: Path) -> None:
    rows = pa.table({"a": [1, 2]})
    first, second = (as_xlsx.write(tmp_path / f"{name}.xlsx", rows, [], {}).read_bytes() for name in "ab")

    assert first == second


@pytest.mark.parametrize(
    "rows",
    [
        pa.table({"a": pa.nulls(as_xlsx.MOST_ROWS + 1)}),
        pa.table({str(name): pa.nulls(as_xlsx.MOST_CELLS // 100 + 1) for name in range(100)}),
        pa.table({"a": ["x" * (as_xlsx.LONGEST_TEXT + 1)]}),
    ],
)
def test_what_excel_would_cut_makes_no_workbook(rows: pa.Table) -> None:
    assert not as_xlsx.fits(rows)
    assert as_xlsx.fits(rows.slice(0, 0))


def test_positions_and_outlines_become_geoparquet(tmp_path: Path) -> None:
    import shapely

    points, told = with_geometry(pa.table({"lon_deg": [121.5, None], "lat_deg": [25.0, 24.0]}))
    outline, about = with_geometry(pa.table({"a_wkt": ["POLYGON ((0 0, 0 1, 1 1, 0 0))", None]}))
    plain = pa.table({"lon_deg": [1.0]})

    assert shapely.from_wkb(points["geometry"].to_pylist()).tolist() == [shapely.Point(121.5, 25.0), None]
    column = json.loads(told["geo"])["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"], column["bbox"]) == ("WKB", ["Point"], [121.5, 25, 121.5, 25])
    assert json.loads(about["geo"])["columns"]["geometry"]["geometry_types"] == ["Polygon"]
    assert shapely.from_wkb(outline["geometry"][0].as_py()).exterior.is_ccw
    assert with_geometry(plain) == (plain, {})
    pq.write_table(points, tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet")["geometry"].null_count == 1
