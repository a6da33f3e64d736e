"""Places that take people in when disaster strikes, one row a shelter."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Snapshot, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

PLACE = Cell(("縣市及鄉鎮市區",), pick=r"^(.{2}[縣市])", made="{county_name}{town_name}")
TOWN = Cell(("縣市及鄉鎮市區",), pick=r"^.{2}[縣市](.+)$", made="{county_name}{town_name}")

SHELTERS = Dataset(
    name="disaster.shelters",
    title="Emergency shelters",
    title_zh="避難收容處所點位檔",
    agency="內政部消防署 National Fire Agency, Ministry of the Interior",
    source=Source(
        files="disaster/nfa_shelters/*.csv",
        licence="OGDL-TW-1.0",
        cadence="irregular",
        page="data.gov.tw/dataset/73242",
        url=(
            "https://opdadm.moi.gov.tw/api/v1/no-auth/resource/api/dataset/ED6CF735-6C03-4573-A882-72C1BEC799CB/"
            "resource/54550E2F-4567-4C8F-BD2E-E54E9D0386B8/download"
        ),
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=Snapshot(keep_history=True),
    columns=(
        Column("shelter_name", "string", "name", cell="避難收容處所名稱", key=True),
        Column("address", "string", "address", cell="避難收容處所地址", tidy=("halfwidth", "tai"), key=True),
        Column("county_name", "string", "county", cell=PLACE, tidy=("squeeze", "tai")),
        Column("town_name", "string", "town", cell=TOWN, tidy=("tai",)),
        Column("village_name", "string", "village", cell="村里"),
        Column("serves_villages", "string", "villages it is meant for", cell="預計收容村里"),
        Column("capacity", "int", "people it takes", unit="people", cell="預計收容人數"),
        Column("hazards", "string", "floods, earthquakes, … it is meant for", cell="適用災害類別"),
        Column("is_indoors", "boolean", "has rooms", cell="室內"),
        Column("is_outdoors", "boolean", "has open ground", cell="室外"),
        Column("is_for_vulnerable", "boolean", "fit for people who need care", cell="適合避難弱者安置"),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="經度", nulls=("0",)),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="緯度", nulls=("0",)),
    ),
    suite=(
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("capacity", 1, 50_000, severity="warning"),
        expect.column_values_to_be_between("lon_deg", 116, 123, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 20, 27, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the portal's description; no delivery was at hand when this was written. Names and telephones "
        "of wardens are delivered and stay in bronze: they are personal. Which shelters are open now is not told here; "
        "longitude and latitude are sometimes exchanged, which the suite tells."
    ),
    limits_zh=(
        "依平臺的說明宣告，撰寫時手上沒有實際檔案。管理人姓名與電話屬個人資料，只留在原始層。"
        "目前哪些處所開設，這裡不會說。經緯度有時顛倒，規則會指出。"
    ),
    publish=Publication(share="disaster"),
)
