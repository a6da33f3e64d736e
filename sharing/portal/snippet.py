"""How to use an extract: a few lines for each tool that people have. Tests run those whose tool is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.portal import power_query

NOTHING = Text("", "")
FIRST = Text("先下載 Parquet 檔。", "Download the Parquet file first.")
CSV_FIRST = Text("先下載 CSV 檔。", "Download the CSV file first.")
EXCEL = Text(
    "最簡單：下載 Excel 檔（若有）後開啟。要能更新：資料 ▸ 取得資料 ▸ 從其他來源 ▸ 空白查詢 ▸ 進階編輯器，貼上：",
    "Simplest: download the Excel file, where there is one. To refresh later: Data ▸ Get Data ▸ From Other Sources ▸ "
    "Blank Query ▸ Advanced Editor, and paste:",
)
DOWNLOADED = Text("檔案路徑請改成你存放的位置。", "Change the path to where you put the file.")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few lines for one tool.

    Args:
        tool: its name.
        code: the lines.
        note: what to know first.
    """

    tool: str
    code: str
    note: Text = NOTHING


def snippets(files: list[str], csv: str, where: str, columns: Sequence[tuple[str, str]] = ()) -> tuple[Snippet, ...]:
    """Give the lines for each tool.

    Args:
        files: names of the Parquet files.
        csv: the name of the CSV file; empty where there is none.
        where: the address of their folder, with a slash at its end; empty where files are downloaded first.
        columns: names and types of the columns as declared, in their order.
    """
    note = NOTHING if where else FIRST
    addresses = [f"{where}{name}" for name in files]
    one = f'"{addresses[0]}"' if len(addresses) == 1 else "[" + ", ".join(f'"{each}"' for each in addresses) + "]"
    names = f'"{files[0]}"' if len(files) == 1 else ", ".join(f'"{name}"' for name in files)
    pandas = f"pd.read_parquet({one})" if len(files) == 1 else f"pd.concat(map(pd.read_parquet, {one}))"
    in_sql = one.replace('"', "'")
    return (
        Snippet("pandas", f"import pandas as pd\n\nrows = {pandas}\nprint(rows.head())", note),
        Snippet("polars", f"import polars as pl\n\nrows = pl.read_parquet({one})\nprint(rows.head())", note),
        Snippet("DuckDB", f"SELECT *\nFROM read_parquet({in_sql})\nLIMIT 10;", note),
        Snippet("Spark", f"rows = spark.read.parquet({names})\nrows.show(10)", FIRST),
        _r(addresses, csv, where, columns),
        _excel(files, csv, where, columns),
    )


def _r(addresses: Sequence[str], csv: str, where: str, columns: Sequence[tuple[str, str]]) -> Snippet:
    """Read the CSV file, which R does by itself; the package arrow reads Parquet files."""
    if csv:
        classes = [f'{name} = "{_class(kind)}"' for name, kind in columns if _class(kind)]
        kept = f",\n  colClasses = c({', '.join(classes)})" if classes else ""
        code = f'rows <- read.csv("{where}{csv}", fileEncoding = "UTF-8-BOM", na.strings = ""{kept})\nhead(rows)'
        return Snippet("R", code, NOTHING if where else CSV_FIRST)
    if len(addresses) == 1:
        read = f'read_parquet("{addresses[0]}")'
    else:
        read = "do.call(rbind, lapply(c(" + ", ".join(f'"{each}"' for each in addresses) + "), read_parquet))"
    return Snippet("R", f"library(arrow)\n\nrows <- {read}\nhead(rows)", NOTHING if where else FIRST)


def _class(kind: str) -> str:
    """Give R's class for what it would guess wrongly: codes lose their zeros; days, `true` and `false` stay texts."""
    return {"string": "character", "date": "Date", "boolean": "logical"}.get(kind, "")


def _excel(files: Sequence[str], csv: str, where: str, columns: Sequence[tuple[str, str]]) -> Snippet:
    code = power_query.of_csv(csv, where, columns) if csv else power_query.of_parquet(files[0], where)
    note = EXCEL if where else Text(f"{EXCEL.zh}{DOWNLOADED.zh}", f"{EXCEL.en} {DOWNLOADED.en}")
    return Snippet("Excel", code, note)
