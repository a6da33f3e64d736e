"""The job in DuckDB's SQL, once the cells are there as text; deltalake writes the tables.

DuckDB's own extension reads Delta tables and does not create them.
"""

import sys
from pathlib import Path

import duckdb
from deltalake import write_deltalake

TYPED = """
create table checked as
with typed as (
    select file, sno, total, available_rent_bikes, available_return_bikes, infoTime,
        try_strptime(infoTime, '%Y-%m-%d %H:%M:%S') as local,
        try_cast(total as integer) as docks,
        try_cast(available_rent_bikes as integer) as bikes,
        try_cast(available_return_bikes as integer) as free_docks
    from cells
), told as (
    select *, list_filter([
        case when sno is null then 'station_id: no value' end,
        case when local is null then 'observed_at: no time' end,
        case when docks is null and total is not null then 'docks: no number' end,
        case when bikes is null then 'bikes: no number' end,
        case when free_docks is null then 'free_docks: no number' end,
        case when not (docks between 0 and 500) then 'docks: outside 0 to 500' end,
        case when not (bikes between 0 and 500) then 'bikes: outside 0 to 500' end,
        case when not (free_docks between 0 and 500) then 'free_docks: outside 0 to 500' end,
        case when strftime(local, '%Y-%m-%d') <> regexp_extract(file, '(\\d{4}-\\d{2}-\\d{2})[^/]*$', 1)
            then 'observed_on: outside the day of the file' end
    ], lambda x: x is not null) as reasons
    from typed
)
select * from told
"""
REPEATS = """
create table repeats as
with twice as (select file, sno, local from checked where len(reasons) = 0 group by all having count(*) > 1)
select rowid as row from checked semi join twice using (file, sno, local) where len(reasons) = 0
qualify row_number() over (partition by file, sno, local order by rowid) > 1
"""
GOOD = """
select sno as station_id, (local - interval 8 hour)::timestamptz as observed_at, local::date as observed_on, docks,
    bikes, free_docks, file
from checked where len(reasons) = 0 and rowid not in (select row from repeats)
"""
CELLS = (
    "{'sno': sno, 'total': total, 'available_rent_bikes': available_rent_bikes, "
    "'available_return_bikes': available_return_bikes, 'infoTime': infoTime}"
)
REFUSED = f"""
select file, reasons, {CELLS} as cells from checked where len(reasons) > 0 union all
select file, ['repeats the key of an earlier row'], {CELLS} from checked where rowid in (select row from repeats)
"""  # noqa: S608


def check(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Type and check the rows of `cells`, which has each row's `file` beside its cells; write the two tables."""
    connection.execute("set timezone = 'UTC'")
    connection.execute(TYPED)
    connection.execute(REPEATS)
    for name, query in (("silver", GOOD), ("quarantine", REFUSED)):
        write_deltalake(out / name, connection.sql(query).to_arrow_reader(100_000), mode="overwrite")
    if not connection.sql("select count(*) from checked").fetchall()[0][0]:
        sys.exit("no row was delivered")
    odd = connection.sql(GOOD).filter("docks <> bikes + free_docks").count("*").fetchall()[0][0]
    print(f"warning: {odd:,} readings with docks that are neither taken nor free")
