"""What consumers spend by town and trade, from electronic invoices."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

EINVOICE_SALES = Dataset(
    name="maps.einvoice_sales",
    title="Electronic invoices to consumers by town and trade",
    title_zh="鄉鎮市區電子發票B2C開立資料集",
    agency="財政部財政資訊中心 Fiscal Information Agency, Ministry of Finance",
    source=Source(
        files="maps/mof_einvoice/*.csv",
        licence="OGDL-TW-1.0",
        cadence="monthly",
        page="data.gov.tw/dataset/36862",
        url=(
            "https://sip.einvoice.nat.gov.tw/ods-main/ODS308E/download/3886F055-EB77-4DF9-98E2-F3F49A7D3434/1/"
            "E265F67E-6CDA-4FB2-B4E9-ACF40ECA3476/0/?fileType=csv"
        ),
        format=Csv(encoding="utf-8"),
    ),
    combine=ReplacePeriod("month", "month"),
    columns=(
        Column("month", "date", "first day of the month", cell="發票年月", parse="month", key=True),
        Column("county_code", "string", "county, the ministry's code", cell="縣市代碼", key=True),
        Column("town_code", "string", "town, the ministry's code", cell="鄉鎮市區代碼", key=True),
        Column("trade", "string", "trade", cell="行業名稱", key=True),
        Column("county_name", "string", "county", cell="縣市名稱", tidy=("squeeze", "tai")),
        Column("town_name", "string", "town", cell="鄉鎮市區名稱", tidy=("tai",)),
        Column("invoices_per_shop", "double", "invoices a shop", unit="invoices", cell="平均開立張數"),
        Column("sales_per_shop_twd", "double", "sales a shop, nominal", unit="TWD", cell="平均開立金額"),
        Column("sales_per_invoice_twd", "double", "sales an invoice, nominal", unit="TWD", cell="平均客單價"),
    ),
    suite=(
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("invoices_per_shop", 0, 10_000_000, severity="warning"),
        expect.column_values_to_be_between("sales_per_shop_twd", 0, 100_000_000_000, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the portal's description; no delivery was at hand when this was written. Means a shop, not "
        "totals: how many shops there are is not told. Paper invoices and shops without invoices are missing."
    ),
    limits_zh=(
        "依平臺的說明宣告，撰寫時手上沒有實際檔案。是每店平均，不是總額，也不知道有多少家店。"
        "紙本發票與不開發票的店不在內。"
    ),
    publish=Publication(share="maps"),
)
