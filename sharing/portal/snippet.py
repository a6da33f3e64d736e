"""How to use an extract: a few lines for each tool that people have. Tests run those whose tool is here."""

from __future__ import annotations

from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text


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
    note: Text = Text("", "")  # noqa: RUF009 - frozen


FIRST = Text("先下載 Parquet 檔。", "Download the Parquet file first.")


def snippets(files: list[str], csv: str, where: str) -> tuple[Snippet, ...]:
    """Give the lines for each tool.

    Args:
        files: names of the Parquet files.
        csv: the name of the CSV file; empty where there is none.
        where: the address of their folder, with a slash at its end; empty where files are downloaded first.
    """
    note = Text("", "") if where else FIRST
    addresses = [f"{where}{name}" for name in files]
    one = f'"{addresses[0]}"' if len(addresses) == 1 else "[" + ", ".join(f'"{each}"' for each in addresses) + "]"
    names = f'"{files[0]}"' if len(files) == 1 else ", ".join(f'"{name}"' for name in files)
    pandas = f"pd.read_parquet({one})" if len(files) == 1 else f"pd.concat(map(pd.read_parquet, {one}))"
    r_files = f'"{addresses[0]}"' if len(files) == 1 else "c(" + ", ".join(f'"{each}"' for each in addresses) + ")"
    r = (
        f"rows <- read_parquet({r_files})"
        if len(files) == 1
        else f"rows <- do.call(rbind, lapply({r_files}, read_parquet))"
    )
    in_sql = one.replace('"', "'")
    return (
        Snippet("pandas", f"import pandas as pd\n\nrows = {pandas}\nprint(rows.head())", note),
        Snippet("polars", f"import polars as pl\n\nrows = pl.read_parquet({one})\nprint(rows.head())", note),
        Snippet("DuckDB", f"SELECT *\nFROM read_parquet({in_sql})\nLIMIT 10;", note),
        Snippet("Spark", f"rows = spark.read.parquet({names})\nrows.show(10)", FIRST),
        Snippet("R", f"library(arrow)\n\n{r}\nhead(rows)", note),
        _excel(csv),
    )


def _excel(csv: str) -> Snippet:
    if csv:
        return Snippet("Excel", csv, Text(
            "下載 CSV 後直接開啟；檔案為 UTF-8（含 BOM），中文不會變成亂碼。",
            "Download the CSV file and open it; it is UTF-8 with a byte-order mark, so Chinese is shown right.",
        ))  # fmt: skip
    return Snippet("Excel", "資料 ▸ 取得資料 ▸ 從檔案 ▸ 從 Parquet\nData ▸ Get Data ▸ From File ▸ From Parquet", Text(
        "Excel 365 的 Power Query 可直接讀取下載的 Parquet 檔。",
        "Power Query of Excel 365 reads the downloaded Parquet file.",
    ))  # fmt: skip
