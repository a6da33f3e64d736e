"""Junior high schools, one row a school."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePart, Source
from lakeward.pipelines.places.listed import ENCODINGS, other_layouts, position, rules
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

OWNERSHIP = {"公立": "public", "私立": "private"}
COLUMNS = (
    Column("school_name", "string", "name, often after its owner (縣立, 私立)", cell="name", key=True),
    Column("county_name", "string", "county", cell="city", tidy=("squeeze", "tai"), key=True),
    Column("ownership", "string", "public or private, as the list says", cell="state", codes=OWNERSHIP),
    Column("address", "string", "address", cell="address", tidy=("halfwidth",)),
    *position("lng"),
)

JUNIOR_HIGH_SCHOOLS = Dataset(
    name="education.junior_high_schools",
    title="Junior high schools",
    title_zh="國民中學名錄",
    agency="教育部 Ministry of Education",
    source=Source(
        files="education/moe_schools_cy_yl/*.{csv,xlsx,xls}",
        licence="not stated; positions added by the compiler",
        cadence="not stated",
        page="not stated",
        format=Csv(encoding=ENCODINGS),
        layouts=other_layouts(COLUMNS, "long"),
    ),
    combine=ReplacePart("county_name"),
    columns=COLUMNS,
    suite=(
        expect.column_values_to_not_be_null("address"),
        expect.column_values_to_be_in_set("ownership", tuple(OWNERSHIP), severity="warning"),
        expect.column_values_to_not_be_in_set(
            "ownership", ("公立",), row_condition="school_name like '%私立%'", severity="warning"
        ),
        *rules("school_name", "address"),
    ),
    limits=(
        "The list calls some private schools public (私立… 公立): trust the name. It gives no pupils and no classes. "
        "Junior divisions of senior high schools are rows of their own. Positions are a compiler's guess."
    ),
    limits_zh=(
        "名錄把部分私立學校標為公立（私立… 公立），請以校名為準。沒有學生數與班級數。"
        "完全中學的國中部自成一列。座標是彙整者依地址推估。"
    ),
    publish=Publication(
        share="education",
        decided=inferred(
            "the ministry gives its lists of schools under these terms on data.gov.tw; inferred, not confirmed"
        ),
    ),
)
