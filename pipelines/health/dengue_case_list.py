"""Confirmed cases of dengue since 1998, one row a case: the CDC's national list as it was on one day."""

from lakeward.pipelines.dataset import Csv, Dataset, Publication, Snapshot, Source
from lakeward.pipelines.health.dengue_columns import AGENCY, CASE_COLUMNS, CASE_RULES, PAGE

DENGUE_CASE_LIST = Dataset(
    name="health.dengue_case_list",
    title="Confirmed dengue cases, national list",
    title_zh="登革熱確定病例（全國名單）",
    agency=AGENCY,
    source=Source(
        files="health/cdc_dengue_raw_2015/*.csv",
        licence="OGDL-TW-1.0",
        cadence="daily",
        page=PAGE,
        format=Csv(encoding=("utf-8", "cp950")),
        edition=r"(\d{8})",
    ),
    combine=Snapshot(),
    columns=CASE_COLUMNS,
    suite=CASE_RULES,
    limits=(
        "The list as it was on the day in its file's name; later verdicts are not in it. Rows have no number, so equal "
        "rows are taken for different people. Before 2005 most rows lack the day of the verdict and the village."
    ),
    limits_zh=(
        "是檔名所示日期當天的名單，之後的判定不在內。列沒有編號，完全相同的列視為不同的人。"
        "2005 年以前多數列沒有確診日與村里。"
    ),
    publish=Publication(share="health"),
)
