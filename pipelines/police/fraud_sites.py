"""Web sites that people reported to the 165 hotline as false investment or gambling."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.quality import expect

FRAUD_SITES = Dataset(
    name="police.fraud_sites",
    title="Reported fraud sites (165 hotline)",
    title_zh="165反詐騙諮詢專線_假投資(博弈)網站",
    agency="內政部警政署刑事警察局 Criminal Investigation Bureau",
    source=Source(
        files="police/npa_fraud_sites/*.csv",
        licence="OGDL-TW-1.0",
        cadence="weekly",
        page="data.gov.tw/dataset/160055",
        url=(
            "https://opdadm.moi.gov.tw/api/v1/no-auth/resource/api/dataset/033197D4-70F4-45EB-9FB8-6D83532B999A/"
            "resource/D24B474A-9239-44CA-8177-56D7859A31F6/download"
        ),
        format=Csv(encoding="utf-8", footers=("^網站名稱$",)),
    ),
    combine=Upsert(),
    columns=(
        Column("site_name", "string", "what the site calls itself", cell="WEBNAME", key=True),
        Column("site_url", "string", "its address", cell=Cell(("WEBURL",), made="made{n}.example"), key=True),
        Column("counted_from", "date", "first day of the count", cell="STA_SDATE", key=True),
        Column("counted_to", "date", "last day of the count", cell="STA_EDATE"),
        Column("reports", "int", "times it was reported", unit="reports", cell="CNT"),
    ),
    suite=(
        expect.column_values_to_be_between("reports", 1, 100_000, severity="warning"),
        expect.column_values_to_match_regex("site_url", r"\.", severity="warning"),
        expect.column_pair_values_a_to_be_greater_than_b(
            "counted_to", "counted_from", or_equal=True, severity="warning"
        ),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the portal's description; no delivery was at hand when this was written. Reports, not verdicts: "
        "a name may be that of an honest firm that others pretend to be. Addresses change within days."
    ),
    limits_zh=(
        "依平臺的說明宣告，撰寫時手上沒有實際檔案。是通報，不是判決：名稱可能是被冒用的正當公司。網址幾天內就會改變。"
    ),
    publish=Publication(share="police"),
)
