"""The job with DuckDB, which reads the files itself."""

import sys
from pathlib import Path

import duckdb
from in_sql import check

landing, out = Path(sys.argv[1]), Path(sys.argv[2])
connection = duckdb.connect()
connection.execute(f"""
create view cells as select *, filename as file from read_csv('{landing}/traffic/youbike_slots/*.csv*',
    all_varchar = true, header = true, filename = true)
""")  # noqa: S608
check(connection, out)
