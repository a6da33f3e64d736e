"""What the CDC tells of each confirmed case of dengue: the same columns in its national list and by county."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

AGENCY = "衛生福利部疾病管制署 Centers for Disease Control"
CASES_ARE_PUBLIC = "the Centers for Disease Control publish each case by itself, by day of onset and village"
PAGE = "data.gov.tw/dataset/21025"
SEXES = {"M": "男", "F": "女"}
MADE_AGES = ("3", "5-9", "20-24", "55-59", "70+")
ONSET = Cell(("發病日",), made="%Y/%m/%d")

CASE_COLUMNS = (
    Column("onset_on", "date", "first day of illness", title="發病日", cell=ONSET),
    Column("confirmed_on", "date", "day of the verdict; none before 2005 or so", title="個案研判日", cell="個案研判日"),
    Column("notified_on", "date", "day of the notification", title="通報日", cell="通報日"),
    Column("sex", "string", "男 or 女; M and F in later lists", title="性別", cell="性別", reads=SEXES),
    Column(
        "age_band",
        "string",
        "band of five years, single years for small children, 70+",
        unit="years",
        title="年齡層",
        cell=Cell(("年齡層",), made=MADE_AGES),
    ),
    Column("county_name", "string", "county of residence", title="居住縣市", cell="居住縣市", tidy=("squeeze", "tai")),
    Column("town_name", "string", "town of residence; 其他 where it is not told", title="居住鄉鎮", cell="居住鄉鎮"),
    Column("village_name", "string", "village of residence", title="居住村里", cell="居住村里"),
    Column(
        "infected_county_name",
        "string",
        "county of infection; (舊) marks a county before its merger",
        title="感染縣市",
        cell="感染縣市",
        tidy=("tai",),
    ),
    Column("infected_town_name", "string", "town of infection", title="感染鄉鎮", cell="感染鄉鎮"),
    Column("infected_village_name", "string", "village of infection", title="感染村里", cell="感染村里"),
    Column("is_imported", "boolean", "infected abroad", title="是否境外移入", cell="是否境外移入"),
    Column("infected_country", "string", "country of infection", title="感染國家", cell="感染國家"),
    Column(
        "confirmed_cases",
        "int",
        "cases as delivered: 2 in very few rows, without a reason; count rows instead",
        unit="people",
        title="確定病例數",
        cell=Cell(("確定病例數",), made=("1",)),
    ),
)
CASE_RULES = (
    expect.column_values_to_not_be_null("onset_on"),
    expect.column_values_to_not_be_null("county_name"),
    expect.column_values_to_not_be_null("is_imported"),
    expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
    expect.column_values_to_be_in_set("sex", ("男", "女"), severity="warning"),
    expect.column_values_to_be_between("confirmed_cases", 1, 1, severity="warning"),
    expect.column_pair_values_a_to_be_greater_than_b("notified_on", "onset_on", or_equal=True, severity="warning"),
    expect.column_values_to_not_be_null("village_name", mostly=0.75, severity="warning"),
    expect.column_values_to_not_be_in_set("town_name", ("其他", "其它"), severity="warning"),
    expect.table_row_count_to_be_between(min_value=1),
)
