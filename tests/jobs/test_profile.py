"""A draft made from a delivery says what is in it, and loads, plans and runs as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.draft.code import module
from lakeward.jobs.draft.columns import Guess, guess
from lakeward.jobs.draft.delivery import look
from lakeward.jobs.draft.words import name_of, names_of, unit_of
from lakeward.jobs.profile import answer, of_file
from lakeward.jobs.run import run
from lakeward.lake import delta
from lakeward.lake.errors import DeliveryRefused, UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, find
from lakeward.pipelines.dataset import Dataset, ReplacePeriod
from lakeward.pipelines.formats import Csv, Json
from lakeward.pipelines.layout import fit
from lakeward.pipelines.reading import read_head

TOWNS = ("板橋區", "三重區", "中和區", "永和區")
HEADER = "測站代碼,縣市,鄉鎮,日期,雨量(毫米),人口數,經度,緯度,是否有效"


def rain() -> str:
    lines = ["新北市雨量統計表", HEADER]
    for n in range(40):
        amount = ("-", "T", "12.5", "0")[n % 4]
        place = f"{121 + n / 1000:.4f},{25 + n / 1000:.4f}"
        lines.append(
            f'0{n % 10:03},台北市,{TOWNS[n % 4]},110/0{n // 10 + 1}/02,{amount},"{n + 1},2{n:02}",{place},{"是否"[n % 2]}'
        )
    return "\r\n".join([*lines, "資料來源：虛構"])


@pytest.fixture
def made(landing: Path) -> Path:
    path = landing / "made" / "rain_gauges" / "2021_rain.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(rain().encode("cp950"))
    return path


def test_a_draft_loads_plans_and_runs_as_it_is(spark: SparkSession, made: Path, landing: Path, tmp_path: Path) -> None:
    out = tmp_path / "own" / "rain_gauges.py"

    _, told = answer(str(made), str(landing), str(tmp_path / "lake"), None, out=out)
    report = run(str(tmp_path / "lake"), str(landing), ["made.rain_gauges"], own=str(out.parent))

    dataset = find(declared(str(out.parent)), "made.rain_gauges")
    assert isinstance(dataset, Dataset)
    assert f"lakeward plan made.rain_gauges --landing {landing} --pipelines {out.parent}" in told
    assert dataset.types == {
        "station_code": "string",
        "county_name": "string",
        "town_name": "string",
        "dated_on": "date",
        "rain_mm": "double",
        "population": "int",
        "lon_deg": "double",
        "lat_deg": "double",
        "column_9": "boolean",
    }
    assert dataset.key == ("station_code", "dated_on")
    assert (dataset.combine, dataset.source.period) == (ReplacePeriod("dated_on", "year"), r"^(\d{4})")
    (step,) = report.steps
    assert (step.rows_read, step.rows_written, step.rows_footer, report.exit_code) == (40, 40, 1, 0), step
    first = delta.first_rows(
        Lake.at(str(tmp_path / "lake")).table(dataset.table), 40, ["station_code", "rain_mm", "county_name"]
    )
    assert {row["county_name"] for row in first} == {"臺北市"}
    assert sorted({row["rain_mm"] for row in first if row["rain_mm"] is not None}) == [0.0, 12.5]
    rules, _ = answer("made.rain_gauges", str(landing), str(tmp_path / "lake"), str(out.parent))
    assert 'expect.column_values_to_be_in_set("town_name"' in rules["suite"]


def test_a_draft_is_written_as_ruff_writes(made: Path, landing: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.py"
    path.write_text(module(of_file(made, str(landing))), "utf-8")

    for command in (["format", "--check"], ["check"]):
        told = subprocess.run(
            [sys.executable, "-m", "ruff", *command, str(path)], check=False, capture_output=True, text=True
        )
        assert told.returncode == 0, told.stdout


def test_a_file_that_is_there_is_not_written_over_and_one_without_rows_tells_nothing(made: Path, landing: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        answer(str(made), str(landing), "lake", None, out=made)

    with pytest.raises(UsageError, match=r"there is no file nowhere\.csv"):
        answer("nowhere.csv", str(landing), "lake", None)

    made.write_text("甲,乙\n", "utf-8")
    with pytest.raises(DeliveryRefused, match="no rows"):
        answer(str(made), str(landing), "lake", None)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("年\t人口\n110\t5\n", Csv(encoding="utf-8", delimiter="\t")),
        ("year,people,men\n年,人口,男\n110,5,2\n110,6,3\n", Csv(encoding="utf-8", header="^年$")),
        ("區,人口,,\n,男,女,計\n甲,1,2,3\n乙,1,2,3\n", Csv(encoding="utf-8", header_rows=2)),
        ("區,人口,男\n甲,1,1\n乙,1,0\n總計,2,1\n註：虛構,,\n", Csv(encoding="utf-8", footers=("^註", "^(?:總"))),
        ('{"rows": [{"a": 1}], "info": [{"b": 1}, {"b": 2}]}', Json(rows="info")),
    ],
    ids=["tabs", "two languages", "two rows of header", "a total and a remark", "JSON"],
)  # fmt: skip
def test_how_rows_stand_in_a_file_is_found(tmp_path: Path, text: str, form: Any) -> None:
    path = tmp_path / "made"
    path.write_text(text, "utf-8")

    found = look(str(path)).format

    if isinstance(found, Csv) and found.footers:
        assert [each[: len(want)] for each, want in zip(found.footers, form.footers, strict=True)] == list(form.footers)
    else:
        assert found == form


def column(header: str, *texts: str) -> Guess:
    return guess(header, texts * 5)


@pytest.mark.parametrize(
    ("found", "type_", "end", "nulls"),
    [
        (column("發病日", "104/01/02", "104/1/3", ""), "date", "on", ()),
        (column("統計年月", "10405", "10406"), "date", "", ()),
        (column("發生時間", "103年01月01日 04時30分00秒", "105/01/15 17:50"), "timestamp", "at", ()),
        (column("發生時間", "141500", "053700"), "string", "", ()),
        (column("郵遞區號", "100", "220"), "string", "", ()),
        (column("編碼", "007", "120"), "string", "", ()),
        (column("人口數", "3,979,208", "12", "-"), "int", "", ("-",)),
        (column("大數", "99999999999", "1"), "bigint", "", ()),
        (column("氣溫(℃)", "25.1", "...", "X", "-3"), "double", "c", ("...", "X")),
        (column("濕度", "-999", "80", "90"), "int", "", ("-999",)),
        (column("餘額", "-999", "-80", "90"), "int", "", ()),
        (column("year", "105", "106"), "int", "roc_year", ()),
        (column("X", "323174.26", "275176.47", "300000.5", "310000.5", "320000.5"), "double", "x_twd97_m", ()),
        (column("lat", "121.5", "121.6"), "double", "lon_deg", ()),
    ],
)  # fmt: skip
def test_a_column_is_told_by_its_header_and_values(found: Guess, type_: str, end: str, nulls: tuple[str, ...]) -> None:
    assert (found.type, found.end, found.nulls) == (type_, end, nulls)


def test_a_few_slips_stay_numbers_and_are_named_and_many_make_a_text() -> None:
    assert guess("雨量", ["1.5"] * 199 + ["1.5?"]).misfits == ("1.5?",)
    assert guess("雨量", ["1.5"] * 9 + ["大"]).type == "string"


def test_headers_become_english_as_far_as_their_words_are_known() -> None:
    assert [name_of(each) for each in ("鄉鎮市區", "居住縣市", "村里代碼", "TempleName", "平均價(元/公斤)", "天干")] == [
        "town_name", "residence_county_name", "village_code", "temple_name", "mean_price", "",
    ]  # fmt: skip
    assert names_of(["日期", "男", "男", "天干", "VillageLon"], ["on", "", "", "", "lon_deg"]) == [
        "dated_on", "men", "men_2", "column_4", "village_lon_deg",
    ]  # fmt: skip
    assert [unit_of(each)[1] for each in ("雨量(mm)", "面積（公頃）", "戶數", "備註")] == ["mm", "ha", "households", ""]


REAL = (
    "agriculture/afa_amis_prices/*.csv", "agriculture/afa_amis_prices/*.xls", "disaster/*/*.csv", "education/ris_education/*.csv",
    "environment/cwb_stations/*.csv", "health/cdc_dengue_raw_2015/*.csv", "health/tainan_dengue_points/*.csv", "maps/ris_bdmd/*.csv",
    "maps/segis_basecode/*.json", "police/npa_a1_annual/*.csv", "traffic/youbike_sites/*.csv",
)  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("pattern", REAL)
def test_drafts_of_real_files_load_and_fit_their_files(real_files: Path, pattern: str) -> None:
    for path in sorted(real_files.glob(pattern))[-2:]:
        draft = of_file(path, str(real_files))
        declaring: dict[str, Any] = {}
        exec(compile(module(draft), str(path), "exec"), declaring)  # noqa: S102
        (dataset,) = (each for each in declaring.values() if isinstance(each, Dataset))

        assert fit(dataset, read_head(str(path), dataset.source.format).header).extra == ()
        assert dataset.columns
