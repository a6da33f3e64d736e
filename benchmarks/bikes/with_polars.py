"""The job with polars and deltalake, file by file side by side, as polars does with a list of lazy scans."""

import sys
from pathlib import Path

import polars as pl

landing, out = Path(sys.argv[1]), Path(sys.argv[2])
CELLS = ["sno", "total", "available_rent_bikes", "available_return_bikes", "infoTime"]
COUNTS = {"total": "docks", "available_rent_bikes": "bikes", "available_return_bikes": "free_docks"}
KEY = ["file", "station_id", "local"]

read = pl.concat(
    pl.scan_csv(path, infer_schema=False).with_columns(file=pl.lit(str(path)), claimed=pl.lit(path.name[:10]))
    for path in sorted(landing.glob("traffic/youbike_slots/*.csv*"))
)
typed = read.with_columns(
    pl.col("sno").alias("station_id"),
    pl.col("infoTime").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us").alias("local"),
    *(pl.col(cell).cast(pl.Int32, strict=False).alias(name) for cell, name in COUNTS.items()),
)


def told(broken: pl.Expr, reason: str) -> pl.Expr:
    """Give a reason where a row is broken."""
    return pl.when(broken).then(pl.lit(reason))


reasons = pl.concat_list(
    told(pl.col("station_id").is_null(), "station_id: no value"),
    told(pl.col("local").is_null(), "observed_at: no time"),
    told(pl.col("docks").is_null() & pl.col("total").is_not_null(), "docks: no number"),
    told(pl.col("bikes").is_null(), "bikes: no number"),
    told(pl.col("free_docks").is_null(), "free_docks: no number"),
    *(told(~pl.col(name).is_between(0, 500), f"{name}: outside 0 to 500") for name in COUNTS.values()),
    told(pl.col("local").dt.to_string("%Y-%m-%d") != pl.col("claimed"), "observed_on: outside the day of the file"),
).list.drop_nulls()
checked = typed.with_columns(reasons=reasons).collect()
if checked.is_empty():
    sys.exit("no row was delivered")
is_good = pl.col("reasons").list.len() == 0
good = checked.filter(is_good)
is_first = good.select(pl.struct(KEY).is_first_distinct()).to_series()
silver = good.filter(is_first).select(
    "station_id",
    pl.col("local").dt.replace_time_zone("Asia/Taipei").dt.convert_time_zone("UTC").alias("observed_at"),
    pl.col("local").dt.date().alias("observed_on"),
    *COUNTS.values(),
    "file",
)
repeats = good.filter(~is_first).with_columns(reasons=pl.lit(["repeats the key of an earlier row"]))
refused = pl.concat([checked.filter(~is_good), repeats]).select("file", "reasons", pl.struct(CELLS).alias("cells"))
silver.write_delta(out / "silver", mode="overwrite")
refused.write_delta(out / "quarantine", mode="overwrite")
odd = silver.filter(pl.col("docks") != pl.col("bikes") + pl.col("free_docks")).height
print(f"warning: {odd:,} readings with docks that are neither taken nor free")
