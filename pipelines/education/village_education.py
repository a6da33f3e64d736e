"""People aged 15 and over of every village by the highest school they attended, at the end of a year."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Publication, ReplacePeriod, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.places.names import common_letters
from lakeward.quality import expect, sums

# Column stem, the agency's word since 2015, that of 2014 where it is another, English.
LEVELS = (
    ("doctor_graduated", "博畢", "", "doctorate, completed"),
    ("doctor_unfinished", "博肄", "", "doctorate, not completed"),
    ("master_graduated", "碩畢", "", "master's, completed"),
    ("master_unfinished", "碩肄", "", "master's, not completed"),
    ("university_graduated", "大畢", "", "university, completed"),
    ("university_unfinished", "大肄", "", "university, not completed"),
    ("junior_college_2y_graduated", "二畢", "", "junior college of two or three years, completed"),
    ("junior_college_2y_unfinished", "二肄", "", "junior college of two or three years, not completed"),
    ("junior_college_5y_graduated", "後二畢", "後三畢", "junior college of five years, completed"),
    ("junior_college_5y_unfinished", "後二肄", "後三肄", "junior college of five years, left in its last two"),
    ("junior_college_5y_first_unfinished", "前三肄", "", "junior college of five years, left in its first three"),
    ("senior_high_graduated", "高畢", "", "senior high school, completed"),
    ("senior_high_unfinished", "高肄", "", "senior high school, not completed"),
    ("senior_vocational_graduated", "職畢", "", "senior vocational school, completed"),
    ("senior_vocational_unfinished", "職肄", "", "senior vocational school, not completed"),
    ("junior_high_graduated", "國畢", "", "junior high school, completed"),
    ("junior_high_unfinished", "國肄", "", "junior high school, not completed"),
    ("junior_vocational_graduated", "初畢", "", "junior vocational school, completed"),
    ("junior_vocational_unfinished", "初肄", "", "junior vocational school, not completed"),
    ("primary_graduated", "小畢", "", "primary school, completed"),
    ("primary_unfinished", "小肄", "", "primary school, not completed"),
    ("self_taught", "自修", "", "self-taught"),
    ("illiterate", "不識", "", "cannot read"),
)
COUNTY, TOWN = (Cell(("區域別",), pick=pick) for pick in (r"^(.{3})", r"^.{3}(.+)$"))


def _people(stem: str, word: str, english: str) -> tuple[Column, ...]:
    """Describe men and women; both together are told by the files of 2014 only."""
    return (
        Column(f"{stem}_men", "int", f"{english}: men; none in 2014", unit="people", cell=f"{word}_男"),
        Column(f"{stem}_women", "int", f"{english}: women; none in 2014", unit="people", cell=f"{word}_女"),
        Column(f"{stem}_both", "int", f"{english}: both, only where the file does not part them", unit="people"),
    )


SCHOOLED = tuple(column for stem, word, _, english in LEVELS for column in _people(stem, word, english))

VILLAGE_EDUCATION = Dataset(
    name="education.village_education",
    title="Education of people aged 15 and over by village",
    title_zh="各村里教育程度（15歲以上人口）",
    agency="內政部戶政司 Department of Household Registration",
    source=Source(
        files="education/ris_education/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default)",
        cadence="yearly",
        page="data.gov.tw (15歲以上人口教育程度)",
        # 2014 is UTF-16 parted by tabs; later files have the same header in English above the Chinese one.
        format=Csv(encoding=("utf-8", "utf-16", "cp950"), delimiter=(",", "\t"), header="^(統計年|資料年度)$"),
        period=r"^(\d{4})",
        since="2015",
        layouts=(
            Layout(
                "men and women together",
                {
                    "counted_on": "資料年度", "year": "資料年度", "county_name": COUNTY, "town_name": TOWN,
                    "village_name": "村里名稱", "people_15_up": "總計",
                    **{f"{stem}_both": old or word for stem, word, old, _ in LEVELS},
                },
                until="2014",
            ),
        ),
    ),
    combine=ReplacePeriod("counted_on", "year"),
    columns=(
        Column("counted_on", "date", "last day of the year", cell="統計年", parse="year_end", key=True),
        Column("year", "int", "Gregorian year", cell="統計年", parse="year"),
        Column("village_code", "string", "eleven digits; none before 2018", cell="區域別代碼", optional=True),
        Column("county_name", "string", "county", cell=COUNTY, tidy=("squeeze", "tai"), key=True),
        Column("town_name", "string", "town or district", cell=TOWN, tidy=("squeeze", "tai"), key=True),
        Column("village_name", "string", "village", cell="村里名稱", tidy=("squeeze",), key=True),
        Column("people_15_up", "int", "people aged 15 and over", unit="people", cell="總計"),
        *SCHOOLED,
    ),
    suite=(
        expect.column_values_to_not_be_null("people_15_up"),
        expect.column_values_to_match_regex("village_code", r"^\d{11}$"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("people_15_up", 0, 200_000, severity="warning"),
        sums.column_values_to_be_sum_of(
            "people_15_up", [column.name for column in SCHOOLED], severity="warning"
        ),
        common_letters("village_name"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "By the place of the household, not where people live. What people say of their schools is not checked. Until "
        "2014 men and women are not told apart; codes are missing before 2018, so that years are joined by names."
    ),
    limits_zh=(
        "依戶籍地，不是實際居住地。學歷為民眾自述，未經查核。2014 年以前不分男女；2018 年以前沒有代碼，"
        "跨年只能以名稱連接。"
    ),
    publish=Publication(share="education"),
)  # fmt: skip
