"""Imported food that failed inspection at the border, one row a consignment."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Snapshot, Source
from lakeward.quality import expect

BORDER_INSPECTIONS = Dataset(
    name="food.border_inspections",
    title="Food that failed inspection at the border",
    title_zh="邊境查驗不符合食品資訊",
    agency="衛生福利部食品藥物管理署 Food and Drug Administration (TFDA)",
    source=Source(
        files="food/tfda_border/*.{csv,zip}",
        licence="OGDL-TW-1.0",
        cadence="weekly",
        page="data.gov.tw/dataset/6134",
        url="https://data.fda.gov.tw/opendata/exportDataList.do?method=ExportData&InfoId=52&logType=2",
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=Snapshot(keep_history=True),
    columns=(
        Column("published_on", "date", "day of publication", cell="發布日期", key=True),
        Column("subject", "string", "title of the notice: what was found in what", cell="主旨", key=True),
        Column("importer_name", "string", "importer", cell="進口商名稱", key=True),
        Column("tariff_code", "string", "eleven digits of the tariff", cell="貨品分類號列", key=True),
        Column("arrived_on", "date", "day the inspection was asked for", cell="報驗受理日期", optional=True),
        Column("origin_name", "string", "country of origin", cell=Cell(("產地",), made=("日本", "越南", "美國"))),
        Column("reason", "string", "why it failed", cell="原因"),
        Column("finding", "string", "what was found, and how much", cell="不合格原因暨檢出量詳細說明"),
        Column("limit_text", "string", "the limit, in the words of the rule", cell="法規限量標準"),
        Column("method", "string", "method of the test", cell="檢驗方法", optional=True),
        Column("exporter_name", "string", "maker or exporter", cell="製造廠或出口商名稱"),
        Column("brand", "string", "brand", cell="牌名", optional=True),
        Column("weight_text", "string", "weight with its unit", cell="重量", optional=True),
        Column("outcome", "string", "sent back or destroyed", cell="處置情形"),
    ),
    suite=(
        expect.column_values_to_match_regex("tariff_code", r"^\d{4}(\.?\d{2}){3}", severity="warning"),
        expect.column_values_to_not_be_null("origin_name", severity="warning"),
        expect.column_values_to_not_be_null("reason", severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the portal's description; no delivery was at hand when this was written. Only consignments that "
        "failed: nothing tells how many were tested, so no rate can be made. Names of importers are firms."
    ),
    limits_zh=(
        "依平臺的說明宣告，撰寫時手上沒有實際檔案。只有不合格的批次，不知道總共檢驗多少，因此無法計算比率。"
        "進口商名稱為公司行號。"
    ),
    publish=Publication(share="food"),
)
