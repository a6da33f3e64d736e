"""The agencies' own files, read to their end: how many rows and remarks each holds, and the first cells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import Csv, Format, Json, Titles, Workbook
from lakeward.pipelines.reading import read_head, read_rows

pytestmark = pytest.mark.real

BULLETIN = Workbook(
    header="^區別", fill_down=("^區別",), footers=("^總計", "^入夏截至", "^本日"),
    renames={r"^\d+/\d+ ?新增個案數": "新增個案數"}, beside=("_title",),
)  # fmt: skip
SEGIS = Json("RowDataList", Titles("ColumnList", "COLUMN_NAME", "COLUMN_DESC"), beside=("Info.0.InCountyId",))
AGRI = (
    "測站代碼", "觀測時間", "平均測站氣壓(hPa)", "平均海平面氣壓(hPa)", "最高測站氣壓(hPa)", "最高氣壓時間", "最低測站氣壓(hPa)",
    "最低氣壓時間", "平均氣溫(℃)", "最高氣溫(℃)", "最高氣溫時間", "最低氣溫(℃)", "最低氣溫時間", "平均露點溫度(℃)", "平均相對溼度(%)",
    "最低相對溼度(%)", "最低相對溼度時間", "平均風速(m/s)", "平均風向(°)", "最大陣風風速(m/s)", "最大陣風風向(°)", "最大陣風時間",
    "累計雨量(mm)", "最大10分鐘降水量(mm)", "最大10分鐘降水量起始時間", "最大60分鐘降水量(mm)", "最大60分鐘降水量起始時間",
    "累積日照時數(hr)", "累積日射量(MJ/m2)", "累積蒸發量(mm)", "平均地溫0cm(℃)", "平均地溫5cm(℃)", "平均地溫10cm(℃)",
    "平均地溫20cm(℃)", "平均地溫50cm(℃)", "平均地溫100cm(℃)",
)  # fmt: skip
FILES: list[tuple[str, Format, dict[str, int], list[str]]] = [
    ("health/tainan_dengue_bulletin/104*1040821.xls", BULLETIN, {"row": 251, "footer": 5}, ["關廟區", "2", "1"]),
    ("health/tainan_dengue_bulletin/*1041001.xls", BULLETIN, {"row": 509, "footer": 3}, ["", "◎", "東山區"]),
    ("health/tainan_dengue_bulletin/*1041213.xls", BULLETIN, {"row": 566, "footer": 3}, ["", "◎", "大內區"]),
    (
        "agriculture/afa_amis_prices/*.xls", Csv("utf-8", footers=(r"^小\s*計$",)), {"row": 4091, "footer": 1},
        ["104/01/01", "400 台中市", "LL1 茼蒿  "],
    ),
    ("maps/segis_basecode/高雄市*.json", SEGIS, {"row": 15593}, ["108452", "106Y06M", "A6431-14"]),
    ("maps/g0v_boundaries/twTown*.json", Json("objects.*.geometries"), {"row": 1125}, []),
    ("maps/ris_bdmd/2015-09.csv", Csv("utf-8", header="^統計年月$"), {"row": 7851}, ["10409", "新北市板橋區", "留侯里"]),
    ("maps/ris_bdmd/2020-12.csv", Csv("utf-8", header="^統計年月$"), {"row": 7760}, ["10912", "65000010001"]),
    ("education/ris_education/2014.csv", Csv(("utf-8", "utf-16"), (",", "\t")), {"row": 7851}, ["103", "新北市板橋區"]),
    ("agriculture/cwa_agri_weather/*彰化.csv", Csv("utf-8", by_position=AGRI), {"row": 3865}, ["72G600", "2014-10-01"]),
    ("health/tainan_spraying/201508.csv", Csv("utf-8", may_lack=1), {"row": 247}, ["1", "噴藥", "麻豆區"]),
    ("health/tainan_dengue_points/*40829*.csv", Csv(("utf-8", "cp950", "big5hkscs")), {"row": 729}, ["1978"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "form", "kinds", "first"), FILES, ids=[file for file, *_ in FILES])
def test_every_row_of_the_file_is_read(
    real_files: Path, file: str, form: Format, kinds: dict[str, int], first: list[str]
) -> None:
    (path,) = real_files.glob(file)
    head = read_head(str(path), form)
    batches = list(read_rows(str(path), form, head))

    assert Counter(kind for batch in batches for kind in batch.column("_kind").to_pylist()) == kinds
    assert [column[0].as_py() for column in batches[0].columns[5 : 5 + len(first)]] == first


def test_the_two_documents_are_refused_with_what_to_do(real_files: Path) -> None:
    documents = sorted(real_files.glob("food/tfda_additives/*.DOC"))

    assert len(documents) == 2
    for path in documents:
        with pytest.raises(DeliveryRefused, match=r"Word document of the old kind \(DOC\)") as told:
            read_head(str(path), Csv("utf-8"))
        assert "soffice --headless" in told.value.remedy
