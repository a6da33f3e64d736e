"""A bit that flips between the pages of a Parquet file is noticed, or no reader's answer depends on it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

from lakeward.lake import delta
from lakeward.lake.footer import problem_of

ROWS = 300
EVERY = int(os.environ.get("LAKEWARD_EVERY_BIT", "67"))
"""One bit of so many is flipped; 1 for all of them."""
TABLE = pa.table({
    "n": pa.array(range(ROWS), pa.int32()),
    "s": [f"縣{at % 7}" for at in range(ROWS)],
    "d": [at / 3 for at in range(ROWS)],
    "on": [date(2020, 1, 1) + timedelta(days=at) for at in range(ROWS)],
    "at": pa.array(range(ROWS), pa.int64()).cast(pa.timestamp("us", "UTC")),
    "m": pa.array([Decimal(at) / 100 for at in range(ROWS)], pa.decimal128(12, 2)),
    "b": [at % 2 == 0 for at in range(ROWS)],
    "l": [None if at % 5 == 0 else at for at in range(ROWS)],
})  # fmt: skip
ASKED: dict[str, Any] = {"n": 150, "s": "縣3", "d": 50.0, "l": 151, "b": True}


@pytest.fixture(params=["arrow", "deltalake"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of several pages with an index of them, as either of two writers makes it."""
    if request.param == "deltalake":
        write_deltalake(tmp_path / "t", TABLE)
        return delta.data_files(tmp_path / "t")[0]
    pq.write_table(
        TABLE, tmp_path / "t.parquet", write_page_checksum=True, write_page_index=True, max_rows_per_page=100,
        row_group_size=200,
    )  # fmt: skip
    return tmp_path / "t.parquet"


def _problem(content: bytes) -> str:
    """Look as `fsck` does."""
    try:
        with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as parquet:
            told = problem_of(content, parquet, TABLE.schema)
            return told or ("" if parquet.metadata.num_rows == ROWS else "other rows than the log tells")
    except (pa.lib.ArrowException, OSError, ValueError) as cause:
        return str(cause)


def _answers(file: Path) -> dict[str, object]:
    """Ask three readers for all rows, and for those of one value by each column."""
    readers: dict[str, Callable[[Path, str, Any], object]] = {"arrow": _arrow, "duckdb": _duckdb, "polars": _polars}
    return {
        f"{reader} {name}": _answer(partial(ask, file, name, value))
        for reader, ask in readers.items()
        for name, value in {"": None, **ASKED}.items()
    }


def _arrow(file: Path, name: str, value: Any) -> object:
    return ds.dataset(file).to_table(filter=pc.field(name) == value if name else None).to_pylist()


def _duckdb(file: Path, name: str, value: Any) -> object:
    found = duckdb.sql(f"from read_parquet('{file}') where {f'{name} = {value!r}' if name else 'true'}")
    assert found
    return found.fetchall()


def _polars(file: Path, name: str, value: Any) -> object:
    return pl.scan_parquet(file).filter(pl.col(name) == value if name else pl.lit(True)).collect().rows()


def _answer(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except Exception:  # a reader that refuses a file gives no wrong answer
        return None


def test_what_writers_say_of_their_files_is_true(file: Path) -> None:
    assert _problem(file.read_bytes()) == ""


def test_a_flipped_bit_outside_of_pages_is_noticed_or_changes_no_answer(
    file: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    whole, harmed = file.read_bytes(), tmp_path / "harmed.parquet"
    answers = _answers(file)
    assert None not in answers.values()
    last = pq.read_metadata(file).row_group(pq.read_metadata(file).num_row_groups - 1).column(TABLE.num_columns - 1)
    begin = min(filter(None, (last.dictionary_page_offset, last.data_page_offset))) + last.total_compressed_size
    bits = range(begin * 8 + random.Random(6).randrange(EVERY), len(whole) * 8, EVERY)  # noqa: S311
    passed = []
    for at, bit in (divmod(each, 8) for each in bits):
        content = whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :]
        if not _problem(content):
            harmed.write_bytes(content)
            now = _answers(harmed)
            passed.append((at, bit, [name for name in now if now[name] not in (None, answers[name])]))

    record_property(
        "told", f"{len(bits)} bits flipped outside of pages: {len(bits) - len(passed)} noticed, the others harm nobody"
    )
    assert [each for each in passed if each[2]] == []
    assert len(passed) < len(bits) / 4


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda rows: rows.rename_columns(["N", *rows.column_names[1:]]), "has a column N"),
        (lambda rows: rows.set_column(0, "n", rows["n"].cast(pa.int64())), "its column n is int64"),
        (lambda rows: rows.set_column(0, pa.field("n", pa.int32(), nullable=False), rows["n"]), "may lack values"),
    ],
)
def test_columns_that_are_not_the_tables_are_named(harm: Callable[[pa.Table], pa.Table], problem: str) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(harm(TABLE.select(["n", "s"])), sink)

    assert problem in _problem(sink.getvalue().to_pybytes())


def test_what_a_merge_leaves_beside_the_columns_is_no_damage() -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(
        TABLE.append_column("_change_type", pa.nulls(ROWS, pa.string())).append_column("__is_cdc", [[False] * ROWS]),
        sink,
    )

    assert _problem(sink.getvalue().to_pybytes()) == ""


@pytest.mark.parametrize("kind", ["bounds", "index bounds", "order of pages"])
def test_a_bound_that_leaves_rows_out_is_named(kind: str) -> None:
    """Readers leave out what bounds exclude: with another bound they miss rows and no error tells."""
    sink = pa.BufferOutputStream()
    rows = pa.table({"n": pa.array([7, 8, 9, 1_000_007, 1_000_008, 1_000_009], pa.int32())})
    pq.write_table(
        rows, sink, use_dictionary=False, compression="none", write_page_checksum=True, write_page_index=True,
        max_rows_per_page=3, store_schema=False, write_batch_size=3,
    )  # fmt: skip
    content = sink.getvalue().to_pybytes()
    where = {"bounds": content.rindex, "index bounds": content.index}
    if kind == "order of pages":
        at = content.index((1_000_009).to_bytes(4, "little"), content.index((1_000_009).to_bytes(4, "little")) + 4)
        harmed = content[: at + 5] + b"\x04" + content[at + 6 :]
        assert content[at + 4 : at + 6] == b"\x15\x02"
    else:
        told = b"\x04" + (1_000_009).to_bytes(4, "little")
        at = where[kind](told)
        harmed = content[: at + 1] + (9).to_bytes(4, "little") + content[at + 5 :]

    told_now = _problem_of(harmed, rows)

    assert {"bounds": "other bounds", "index bounds": "bounds of a page", "order of pages": "an order"}[
        kind
    ] in told_now


def _problem_of(content: bytes, rows: pa.Table) -> str:
    with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as parquet:
        assert parquet.read().equals(rows)
        return problem_of(content, parquet, rows.schema)
