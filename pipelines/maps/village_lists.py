"""Two lists of villages that came with the boundaries of 2014: codes of several systems side by side."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Publication, ReplacePart, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES
from lakeward.quality import expect

EDITION = Cell(("_file",), pick=r"^([^.]+)")

VILLAGE_LISTS = Dataset(
    name="maps.village_lists",
    title="Lists of villages beside the boundaries",
    title_zh="村里清單（隨界線發布）",
    agency="內政部 Ministry of the Interior, by way of g0v",
    source=Source(
        files="maps/g0v_boundaries/*.{csv,xlsx,xls}",
        licence="not stated",
        cadence="not re-issued",
        others="maps/g0v_boundaries/*.json",
        format=Csv(encoding=("utf-8", "cp950"), beside=("_file",)),
        layouts=(
            Layout(
                "areas",
                {
                    "edition": EDITION, "record_id": "OBJECTID_1", "village_code": "V_ID", "county_name": "COUNTY",
                    "town_name": "TOWN", "village_name": "VILLAGE", "county_code": "COUNTY_ID", "town_code": "TOWN_ID",
                    "statistic_code": "VILLCODE", "area_m2": "AREA",
                },
            ),
        ),
    ),
    combine=ReplacePart("edition"),
    columns=(
        Column("edition", "string", "the file it came in, in small letters", cell=EDITION, tidy=("lower",), key=True),
        Column("record_id", "string", "number or code of the row in its file", cell="id", key=True),
        Column("village_code", "string", "村里代碼 without the dash", cell="id", tidy=("no_dash",)),
        Column("county_name", "string", "county", cell="county", tidy=("squeeze", "tai")),
        Column("town_name", "string", "town; 「(海)」 behind it for harbours", cell="town", tidy=("tai",)),
        Column("village_name", "string", "village, or the name of a place that is none", cell="name"),
        Column("county_code", "string", "five digits", cell="cid"),
        Column("town_code", "string", "eight digits", cell="tid"),
        Column("place_code", "string", "letters and numbers: TNN-290-015", cell="ivid"),
        Column("statistic_code", "string", "code of the statistic area, A6729-015-00", cell="code"),
        Column("area_m2", "double", "area; 0 where it was not drawn", unit="m²"),
    ),
    suite=(
        expect.column_values_to_be_in_set("county_name", (*COUNTY_NAMES, *FORMER_NAMES)),
        expect.column_values_to_not_be_null("village_code", severity="warning"),
        expect.column_values_to_match_regex("village_code", r"^\d{11}$", severity="warning"),
        expect.column_values_to_not_be_null("town_code", severity="warning"),
        expect.column_values_to_not_match_regex("town_name", r"\(海\)", severity="warning"),
        expect.column_values_to_be_between("area_m2", 0, 2e9, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Rows without a code are islets, harbours and bases, which are no villages; 52 rows of 金門 and 連江 bear old "
        "codes of ten digits. A village of several islets stands several times."
    ),
    limits_zh=(
        "沒有代碼的列是小島、港口與基地，不是村里；金門與連江有 52 列為十碼舊代碼。"
        "由多個小島組成的村里會出現多次。"
    ),
    publish=Publication(share="maps"),
)  # fmt: skip
