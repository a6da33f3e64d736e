"""What is looked for is found however it is written, and a text that would find others' rows is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakeward.jobs.takedown import look
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.privacy.search import Sought, files_with

PERSON = "A123456789"


@pytest.mark.parametrize("text", [PERSON, PERSON.lower(), "Ａ１２３４５６７８９", f'{{"id": "{PERSON}"}}'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp950"])
def test_it_is_found_in_any_width_case_and_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding)

    assert [file.name for file in files_with(tmp_path, Sought(PERSON))] == ["a.csv"]


def test_it_is_found_inside_parquet_and_workbooks_and_not_where_it_is_not(tmp_path: Path) -> None:
    deep = pa.array([[("who", "Ａ１２３４５６７８９")]], pa.map_(pa.string(), pa.string()))
    pq.write_table(pa.table({"x": deep}), tmp_path / "deep.parquet", compression="zstd")
    pq.write_table(pa.table({"x": ["A123456780"]}), tmp_path / "other.parquet")
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet1.xml", f"<c>{PERSON}</c>")

    assert [file.name for file in files_with(tmp_path, Sought(PERSON))] == ["book.xlsx", "deep.parquet"]


@pytest.mark.parametrize("text", ["王 ", "王小", "１２３４５", ""])
def test_a_short_text_is_refused_and_a_name_of_three_characters_is_not(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="so short"):
        look(Lake.at(str(tmp_path)), {}, text, None)
    assert not look(Lake.at(str(tmp_path)), {}, "王小明", None).rows
