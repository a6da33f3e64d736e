"""Fatal crashes (A1) of the running year, re-issued whole every few weeks: each re-issue is a version of the table."""

from lakeward.pipelines.dataset import Dataset, Publication, Snapshot, Source
from lakeward.pipelines.police.crash_parties import AGENCY, FORMAT, PARTY_COLUMNS, PARTY_RULES
from lakeward.quality import expect

FATAL_CRASH_REISSUES = Dataset(
    name="police.fatal_crash_reissues",
    title="Fatal traffic crashes (A1) of the running year, as re-issued",
    title_zh="當年度A1類交通事故資料（歷次更新）",
    agency=AGENCY,
    source=Source(
        files="police/npa_a1_2026_snapshots/*.csv",
        licence="OGDL-TW-1.0",
        cadence="every week or so, the whole year so far",
        page="data.gov.tw/dataset/12818",
        format=FORMAT,
        edition=r"^(\d{4}-\d{2}-\d{2})",
    ),
    combine=Snapshot(keep_history=True),
    columns=PARTY_COLUMNS,
    suite=(
        *PARTY_RULES,
        expect.column_values_to_be_in_set("severity", ("A1",), severity="warning"),
        expect.column_values_to_be_between("deaths", 1, 100, severity="warning"),
    ),
    limits=(
        "Each file holds the year so far and takes the place of the one before: rows are added, changed and taken out. "
        "The day in a file's name is that of the download; the day that the police wrote below the rows may be a week "
        "older. The last days of each file are not complete. A download may be empty; it is refused, and the table "
        "stays as it was."
    ),
    limits_zh=(
        "每個檔案是當年度至今的全部資料，取代前一個檔案：列會新增、修改與刪除。檔名的日期是下載日，"
        "警政署寫在資料下方的日期可能早一週。每個檔案的最後幾天並不完整。下載可能是空的，會被退回，"
        "資料表維持原狀。"
    ),
    publish=Publication(share="police"),
)
