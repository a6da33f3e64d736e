"""The lines that a page gives for R and Excel: R runs them; of Power Query's, address, columns and types are held."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from made_site import ROADS, publish, road_rows

from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.portal.site import Wanted, build
from lakeward.sharing.portal.snippet import snippets
from lakeward.sharing.releases import as_csv

COLUMNS = [
    ("town_code", "string"), ("note", "string"), ("seen_on", "date"), ("seen_at", "timestamp"), ("cases", "bigint"),
    ("rate", "double"), ("is_hidden", "boolean"),
]  # fmt: skip
ROWS = [
    ("09007", "臺東縣, \"東\"\n側", date(2021, 1, 2), datetime(2021, 1, 2, 3, 4, tzinfo=UTC), 3_000_000_000, 0.5, True),
    ("63000", None, None, None, None, None, False),
]  # fmt: skip
ARROW = [pa.string(), pa.string(), pa.date32(), pa.timestamp("us", "UTC"), pa.int64(), pa.float64(), pa.bool_()]
READS: dict[str, Callable[[str], Any]] = {
    "type text": str, "type date": date.fromisoformat, "type datetimezone": datetime.fromisoformat, "Int64.Type": int,
    "type number": float, "type logical": {"true": True, "false": False}.__getitem__,
}  # fmt: skip


@pytest.fixture
def code(tmp_path: Path) -> dict[str, str]:
    """The lines for a CSV file of every type, which lies in the folder."""
    made = [pa.array(values, kind) for values, kind in zip(zip(*ROWS, strict=True), ARROW, strict=True)]
    as_csv.write(tmp_path / "made.csv", pa.table(made, [name for name, _ in COLUMNS]))
    return {each.tool: each.code for each in snippets(["made.parquet"], "made.csv", f"{tmp_path}/", COLUMNS)}


def test_excel_is_told_where_the_file_is_and_what_its_columns_are(code: dict[str, str], tmp_path: Path) -> None:
    lines = code["Excel"]
    [where] = re.findall(r'Csv\.Document\(Web\.Contents\("([^"]+)"\)', lines)
    with Path(where).open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    types = dict(re.findall(r'\{"(\w+)", ([\w. ]+)\}', lines))

    assert Path(where) == tmp_path / "made.csv"
    assert "Encoding=65001" in lines and 'Delimiter=","' in lines and "QuoteStyle=QuoteStyle.Csv" in lines
    assert list(types) == header == [name for name, _ in COLUMNS]
    read = [
        tuple(READS[types[name]](cell) if cell else None for name, cell in zip(header, row, strict=True))
        for row in rows
    ]
    assert read == ROWS
    assert lines.count("(") == lines.count(")") and lines.count("{") == lines.count("}")


def test_excel_is_told_of_a_file_that_is_to_be_downloaded() -> None:
    told = snippets(["made.parquet"], "made.csv", "", [('say "it"', "string")])[-1]

    assert 'File.Contents("C:\\下載\\made.csv")' in told.code
    assert '{"say ""it""", type text}' in told.code
    assert "路徑" in told.note.zh


def test_the_page_gives_addresses_that_lead_to_its_files(lake: Lake, tmp_path: Path, tables: dict[str, Table]) -> None:
    roads = tables[ROADS]
    assert isinstance(roads, Curated)
    publish(lake, roads, road_rows(10))
    site = build(lake, {ROADS: roads}, Wanted(tmp_path / "site", "https://data.example/")).to

    page = unescape((site / "tables" / f"{ROADS}.html").read_text("utf-8"))
    found = re.findall(r'(?:Web\.Contents|read_parquet)\("https://data\.example/([^"]+)"\)', page)

    assert len(found) == 4  # polars and pandas, R, Excel
    assert {(site / each).is_file() for each in found} == {True}


def test_r_reads_what_was_written(code: dict[str, str]) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not here: `apt-get install r-base-core` brings it")
    asks = (
        'cat(nrow(rows), rows$town_code, class(rows$seen_on), format(rows$seen_on[1]), format(rows$cases[1]), sep="|")',
        'cat("", rows$rate[1], rows$is_hidden, is.na(rows$note[2]), nchar(rows$note[1]), rows$note[1], sep="|")',
    )

    done = subprocess.run(
        [rscript, "--vanilla", "-e", "\n".join([code["R"].replace("\nhead(rows)", ""), *asks])],
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    first, second = ROWS
    assert done.stdout.split("|") == [
        "2", first[0], second[0], "Date", "2021-01-02", "3e+09", "0.5", "TRUE", "FALSE", "TRUE", str(len(first[1] or "")),
        first[1],
    ]  # fmt: skip
