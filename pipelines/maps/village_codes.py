"""The ministry's two code lists of villages of 2014: old codes of ten digits, new codes of eleven."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Publication, Source, Upsert
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.places.names import common_letters
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

VILLAGE_CODES = Dataset(
    name="maps.village_codes",
    title="Codes of villages, old and new",
    title_zh="村里代碼（新舊）",
    agency="內政部 Ministry of the Interior",
    source=Source(
        files="maps/village_codes/*.{csv,xlsx,xls}",
        licence="not stated; the repository it was taken from is MIT",
        cadence="when villages change",
        format=Csv(encoding=("utf-8", "cp950")),
        layouts=(
            Layout(
                "old codes",
                {
                    "code": "村里代碼", "county_name": "縣市名稱", "town_name": "區鄉鎮名稱",
                    "village_name": "村里名稱", "town_code": "區里代碼",
                },
            ),
        ),
    ),
    combine=Upsert(),
    columns=(
        Column("code", "string", "with its dash: 67000290-015 is new, 6702900-015 old", cell="id", key=True),
        Column("county_name", "string", "county", cell="county", tidy=("squeeze", "tai")),
        Column("town_name", "string", "town or district", cell="town", tidy=("squeeze", "tai")),
        Column("village_name", "string", "village; may hold characters of private use", cell="name"),
        Column("town_code", "string", "old code of the town, seven digits"),
        Column("place_code", "string", "letters and numbers of the new list: TNN-290-015", cell="ivid"),
    ),
    suite=(
        expect.column_values_to_match_regex("code", r"^(\d{8}|\d{7})-\d{3}$"),
        expect.column_values_to_not_be_null("village_name"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        common_letters("village_name"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "The lists are of one time, 2014, and do not say since when a code is valid; the newer one writes 員林鎮, the "
        "older one 員林市. Characters of private use stand for 廍, 磘 and others that only the agency's fonts show."
    ),
    limits_zh=(
        "名單只代表 2014 年一個時點，沒有說明代碼自何時有效；新表寫員林鎮，舊表寫員林市。廍、"
        "磘等字以造字代替，只有機關的字型能顯示。"
    ),
    publish=Publication(
        share="maps",
        decided=inferred(
            "the ministry gives its codes under these terms on data.gov.tw; the repository's MIT is of its code"
        ),
    ),
)  # fmt: skip
