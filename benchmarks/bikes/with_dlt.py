"""The job with dlt into a file of DuckDB: dlt brings the cells in as text, by Arrow, its short way; SQL does the rest.

dlt's own reader of CSV cannot tell by Arrow which file a row is of, and its long way, by dictionaries, fails with
DuckDB 2 (dlt 1.31); so the files are read here.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import dlt
import duckdb
import pyarrow as pa
from dlt.sources.filesystem import FileItemDict, filesystem
from in_sql import check
from pyarrow import csv

landing, out = Path(sys.argv[1]), Path(sys.argv[2])
os.environ |= {"DLT_DATA_DIR": str(out / "dlt"), "RUNTIME__DLTHUB_TELEMETRY": "false"}
CELLS = ("sno", "total", "available_rent_bikes", "available_return_bikes", "infoTime")
AS_TEXT = csv.ConvertOptions(column_types=dict.fromkeys(CELLS, pa.string()), strings_can_be_null=True, null_values=[""])


@dlt.transformer(name="cells", write_disposition="replace")
def cells(files: list[FileItemDict]) -> Iterator[pa.Table]:
    """Read files as text."""
    for file in files:
        with file.open() as opened:
            read = csv.read_csv(opened, convert_options=AS_TEXT)
        yield read.append_column("file", pa.repeat(pa.scalar(file["file_name"]), read.num_rows))


database = out / "bikes.duckdb"
pipeline = dlt.pipeline("bikes", destination=dlt.destinations.duckdb(str(database)), dataset_name="landed")
pipeline.run(filesystem(str(landing / "traffic" / "youbike_slots"), file_glob="*.csv*") | cells)
connection = duckdb.connect(str(database))
connection.execute('create view cells as select * rename (info_time as "infoTime") from landed.cells')
check(connection, out)
