"""The pages of `import lakeward`, from its docstrings."""

from __future__ import annotations

from docstrings import told

import lakeward
from lakeward.sharing.reader.lake import OpenLake
from lakeward.sharing.reader.lineage import Lineage
from lakeward.sharing.reader.readable import Asked
from lakeward.sharing.reader.shared import OpenShares, SharedTable
from lakeward.sharing.reader.table import Table

FACE = (OpenLake, Table, Asked, Lineage, OpenShares, SharedTable)
ENGLISH = (
    "Reference", "Made from the code: what it says of itself.", "Commands", "Declarations", "Data dictionary",
    "Overview: commands, exit codes, variables",
)  # fmt: skip
CHINESE = (
    "參考", "由程式碼產生；命令、類別與欄位的說明即其原始文字。", "命令列", "宣告", "資料字典",
    "概觀：命令、結束碼、環境變數",
)  # fmt: skip


def pages(language: str) -> dict[str, str]:
    """Give the page of the Python face and the list of references."""
    heading = "Python 介面 import lakeward" if language == "zh" else "Python: import lakeward"
    lines = [f"# {heading}", "", *told("lakeward.open", lakeward.open, 2)]
    for thing in FACE:
        lines += told(thing.__name__, thing, 2)
    return {"reference/python.md": "\n".join(lines), "reference/index.md": _listed(language)}


def _listed(language: str) -> str:
    title, said, line, declared, fields, overview = CHINESE if language == "zh" else ENGLISH
    return (
        f"# {title}\n\n{said}\n\n- [{overview}](../readme.md)\n- [{line}](commands.md)\n- [Python](python.md)\n"
        f"- [{declared}](declarations.md)\n- [{fields}](../dictionary/index.md)\n"
    )
