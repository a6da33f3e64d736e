"""Food additives: in which foods each may be used, and how much of it (附表一), one row an additive of a category."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePart, Source
from lakeward.quality import expect

CATEGORY = Cell(("_file",), pick=r"(第（[^）]+）(?:之.)?類)", made=("第（九十八）類", "第（九十九）類"))
CATEGORY_NAME = Cell(("_file",), pick=r"類[ +_]*(.+?)\.\w+$", made=("made",))
NUMBER = Cell(("編號",), pick=r"^(\d{3})", made="{n:03}")

ADDITIVE_LIMITS = Dataset(
    name="food.additive_limits",
    title="Use limits of food additives",
    title_zh="食品添加物使用範圍及限量",
    agency="衛生福利部食品藥物管理署 Food and Drug Administration",
    source=Source(
        files="food/tfda_additives/*.{csv,doc}",
        licence="law text: no copyright",
        cadence="when the law changes",
        page="law.moj.gov.tw pcode=L0040084",
        format=Csv(encoding=("utf-8", "cp950"), beside=("_file",)),
    ),
    combine=ReplacePart("category"),
    columns=(
        Column("category", "string", "category of the annex, from the file's name", cell=CATEGORY, key=True),
        Column("category_name", "string", "its name, from the file's name", cell=CATEGORY_NAME),
        Column("additive_no", "string", "number in its category", cell=NUMBER, key=True),
        Column(
            "announced_on",
            "date",
            "day of the first announcement",
            cell=Cell(("公告日期",), pick=r"^(\d+\.\d+\.\d+)", made="{roc}.%m.%d"),
            tidy=("squeeze",),
        ),
        Column("additive_name", "string", "name in Chinese and English", cell="品名"),
        Column("use_limits", "string", "foods and limits, in the words of the law", cell="使用食品範圍及限量標準"),
        Column("restrictions", "string", "further restrictions", cell="使用限制"),
    ),
    suite=(
        expect.column_values_to_not_be_null("category"),
        expect.column_values_to_not_be_null("additive_no"),
        expect.column_values_to_not_be_null("additive_name"),
        expect.column_values_to_not_be_null("use_limits", severity="warning"),
        expect.column_values_to_be_between("announced_on", "1970-01-01", "2100-01-01", severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Limits stand in prose; units and foods are not parsed. Notes below the law's tables are glued to the number "
        "of the last row, where only the number is read; bronze keeps them. Made by a volunteer from the law's DOC "
        "files, two of which lie beside them and are refused. The state of 24 November 2013."
    ),
    limits_zh=(
        "限量以文字敘述，未拆解單位與食品。法規表格下方的註記黏在最後一列的編號上，此處只讀編號，"
        "原文保留在原始層。由志工自法規的 DOC 檔整理，其中兩個 DOC 檔一併交付而被退回。內容為 2013 年 11 月 2"
        "4 日的狀態。"
    ),
    publish=Publication(share="food"),
)
