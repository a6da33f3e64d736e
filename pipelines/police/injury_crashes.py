"""Traffic crashes with injuries (A2: injury, or death after 24 hours), one row a party."""

from dataclasses import replace

from lakeward.pipelines.dataset import Dataset, Publication, ReplacePeriod, Source
from lakeward.pipelines.police.crash_parties import AGENCY, FORMAT, PARTY_COLUMNS, PARTY_RULES
from lakeward.quality import expect

# Two crashes may happen at one address in one minute; their positions tell them apart.
POSITION = ("lon_deg", "lat_deg")

INJURY_CRASHES = Dataset(
    name="police.injury_crashes",
    title="Traffic crashes with injuries (A2)",
    title_zh="A2類交通事故資料",
    agency=AGENCY,
    source=Source(
        files="police/npa_a2_2days/*.csv",
        licence="OGDL-TW-1.0",
        cadence="monthly, with later corrections",
        page="data.gov.tw/dataset/13139",
        format=FORMAT,
        period=r"(?:^|_)(\d{4})_NPA",
        edition=r"^(\d{4}-\d{2}-\d{2})",
    ),
    combine=ReplacePeriod("crashed_on", "month"),
    columns=tuple(replace(column, key=True) if column.name in POSITION else column for column in PARTY_COLUMNS),
    suite=(
        *PARTY_RULES,
        expect.column_values_to_be_in_set("severity", ("A2",), severity="warning"),
        expect.column_values_to_be_between("injured", 1, 200, severity="warning"),
        expect.column_values_to_be_between("deaths", 0, 0, severity="warning"),
    ),
    limits=(
        "Where only the first days of a month were delivered, the month is partial: never compare months by their "
        "sums before looking at their days. Some crashes are reported twice, party by party; the second copy is in "
        "quarantine. Deaths later than 24 hours are counted as injuries here."
    ),
    limits_zh=(
        "有些月份只交付前幾天，是不完整的月份：比較各月合計之前先看日期。部分事故逐當事者通報兩次，"
        "第二份在隔離區。超過 24 小時後死亡者在此算受傷。"
    ),
    publish=Publication(share="police"),
)
