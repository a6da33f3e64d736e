"""What a query of SQL gives, as a table, CSV, JSON or Parquet; rows pass through in batches."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from lakeward.jobs.report import columns
from lakeward.lake.errors import UsageError
from lakeward.sharing.reader.duck import explained
from lakeward.sharing.reader.lake import OpenLake

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".txt": "table"}
BATCH = 50_000
WIDEST = 40


def form_of(asked: str | None, to: Path | None) -> str:
    """Choose the form: the one asked for, else what the file's name ends in, else a table.

    Raises:
        UsageError: Parquet is asked for without a file.
    """
    if to is None and asked == "parquet":
        raise UsageError("Parquet is no text for a terminal", remedy="give --to FILE.parquet")
    form = asked or (ENDINGS.get(to.suffix.lower(), "") if to else "table")
    if not form:
        raise UsageError(f"{to} does not tell its form", remedy="end it in .csv, .json or .parquet, or give --format")
    return form


def answer(lake: OpenLake, query: str, *, by_spark: bool) -> pa.RecordBatchReader:
    """Ask a lake.

    Raises:
        UsageError: the query cannot be asked.
    """
    if by_spark:
        from lakeward.sharing.reader import by_spark as spark

        return spark.batches(lake, query)
    found = lake.sql(query)
    with explained():
        reader: pa.RecordBatchReader = found.to_arrow_reader(BATCH)
    return reader


def written(found: pa.RecordBatchReader, form: str, to: Path) -> int:
    """Write rows to a file; give how many. Where something fails on the way, no half file is left."""
    part = to.with_name(f".{to.name}.part")
    try:
        with part.open("wb") as out:
            if form == "csv":
                out.write(codecs.BOM_UTF8)  # without it Excel shows 中文 as something else
            count = _put(found, form, out)
        part.replace(to)
    except OSError as cause:
        raise UsageError(f"{to} cannot be written: {cause.strerror}", remedy="give another place") from cause
    finally:
        part.unlink(missing_ok=True)
    return count


def shown(found: pa.RecordBatchReader, form: str, most: int) -> None:
    """Print rows on standard output: all as CSV or JSON, the first as a table."""
    if form == "table":
        click.echo(_table(found, most))
    else:
        _put(found, form, sys.stdout.buffer)


def _put(found: pa.RecordBatchReader, form: str, out: IO[bytes]) -> int:
    import pyarrow.csv
    import pyarrow.parquet

    if form in ("json", "table"):
        rows = list(_rows(found))
        told = {"schema": "lakeward.sql/1", "columns": _types(found), "rows": rows}
        text = json.dumps(told, ensure_ascii=False, indent=1, default=str) if form == "json" else _laid(found, rows)
        out.write(f"{text}\n".encode())
        return len(rows)
    writer = pyarrow.csv.CSVWriter if form == "csv" else pyarrow.parquet.ParquetWriter
    count = 0
    with writer(out, found.schema) as opened:
        for batch in _batches(found):
            opened.write_batch(batch)
            count += batch.num_rows
    return count


def _table(found: pa.RecordBatchReader, most: int) -> str:
    rows = list(islice(_rows(found), most + 1))
    text = _laid(found, rows[:most])
    if len(rows) <= most:
        return f"{text}\n({len(rows)} rows)" if len(rows) != 1 else f"{text}\n(1 row)"
    return f"{text}\n(the first {most} rows; --rows N shows more, --to FILE.csv keeps all)"


def _laid(found: pa.RecordBatchReader, rows: list[dict[str, Any]]) -> str:
    return columns([[_short(value) for value in row.values()] for row in rows], found.schema.names, groups=False)


def _short(value: object) -> object:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _types(found: pa.RecordBatchReader) -> list[dict[str, str]]:
    return [{"name": field.name, "type": str(field.type)} for field in found.schema]


def _rows(found: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    for batch in _batches(found):
        yield from batch.to_pylist()


def _batches(found: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Give batches; what goes wrong in a row (a text that is no number) is told as an error of the query."""
    with explained():
        try:
            yield from found
        except OSError as cause:  # as Arrow passes on what DuckDB says
            raise UsageError(str(cause).partition(". Detail")[0], remedy="mend the query") from cause
