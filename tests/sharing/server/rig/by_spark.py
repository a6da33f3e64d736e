"""Reads shares with Spark's connector, in a process of its own; prints what came of each way as one JSON document.

Run by `test_spark_connector.py` as `python by_spark.py PROFILE FOLDER JAR...`; streams keep their place in FOLDER.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from lakeward.lake import jars
from lakeward.lake.session import session

FORMATS = ("parquet", "delta")


def main(profile: str, folder: str, connector: list[str]) -> None:
    """Read in each way."""
    # Delta's extension looks for the connector from its own class path: by `spark.jars` alone it finds none, and then
    # nothing applies deletion vectors.
    path = os.pathsep.join([*map(str, jars.paths(jars.DELTA)), *connector])
    quick = {"spark.delta.sharing.network.numRetries": "0", "spark.sql.session.timeZone": "UTC"}
    spark = session("connector", master="local[2]", conf={"spark.driver.extraClassPath": path, **quick})

    def read(table: str, form: str = "", share: str = "police", **options: str) -> Any:
        reader = spark.read.format("deltaSharing").options(**options)
        reader = reader.option("responseFormat", form) if form else reader  # without: the server chooses
        return reader.load(f"{profile}#{share}.gold.{table}")

    def deaths(rows: Any) -> Any:
        return sorted(row.deaths for row in rows.select("deaths").collect())

    def changed(form: str, **range_of: str) -> Any:
        rows = read("crashes", form, readChangeFeed="true", **range_of).collect()
        return sorted([row._change_type, row._commit_version, row.deaths] for row in rows)

    def counties(form: str) -> Any:
        return sorted({str(row.county_name) for row in read("crashes", form).select("county_name").collect()})

    def streamed(form: str, **options: str) -> Any:
        name = f"stream_{form}_{len(options)}"
        reader = spark.readStream.format("deltaSharing").option("responseFormat", form).options(**options)
        rows = reader.load(f"{profile}#police.gold.plain").writeStream.format("memory").queryName(name)
        query = rows.option("checkpointLocation", f"{folder}/{name}").trigger(availableNow=True).start()
        query.awaitTermination()
        return spark.table(name).count()

    def by(setting: str, value: str, way: Callable[[], Any]) -> Any:
        spark.conf.set(setting, value)
        try:
            return way()
        finally:
            spark.conf.unset(setting)

    def paged(form: str) -> Any:
        pages, size = "spark.delta.sharing.queryPagination.enabled", "spark.delta.sharing.maxFilesPerQueryRequest"
        return by(pages, "true", lambda: by(size, "1", lambda: deaths(read("crashes", form))))

    def ended(form: str) -> Any:
        return by("spark.delta.sharing.query.includeEndStreamAction", "true", lambda: deaths(read("crashes", form)))

    def every(form: str) -> dict[str, Callable[[], Any]]:
        some = "county_name = '臺北市' and deaths > 20"
        return {
            "rows": lambda: deaths(read("crashes", form)),
            "some": lambda: deaths(read("crashes", form).where(some)),
            "of no county": lambda: deaths(read("crashes", form).where("county_name is null")),
            "counties": lambda: counties(form),
            "limit": lambda: len(read("crashes", form).limit(7).collect()),
            "old": lambda: deaths(read("crashes", form, versionAsOf="0")),
            "changes": lambda: changed(form, startingVersion="1", endingVersion="3"),
            "changes of all": lambda: len(changed(form, startingVersion="0")),
            "empty": lambda: read("nothing", form).columns,
            "in pages": lambda: paged(form),
            "with an end": lambda: ended(form),
            "stream": lambda: streamed(form),
            "stream from": lambda: streamed(form, startingVersion="1"),
            "mapped": lambda: deaths(read("mapped", form)),
            "vectors": lambda: deaths(read("vectors", form)),
            "naive": lambda: str(read("naive", form).collect()[0].at),
            "not recorded": lambda: len(read("plain", form, readChangeFeed="true", startingVersion="0").collect()),
            "another share": lambda: read("towns", form, "maps").collect(),
            "unknown": lambda: read("nowhere", form).collect(),
        }

    found = {f"{form}: {name}": told(way) for form in FORMATS for name, way in every(form).items()}
    for name in ("crashes", "mapped", "vectors"):
        found[f"either: {name}"] = told(lambda name=name: deaths(read(name)))  # type: ignore[misc]
    sys.stdout.write("\n" + json.dumps(found))


def told(way: Callable[[], Any]) -> Any:
    """Give what a way reads; of an error, the server's status."""
    try:
        return way()
    except Exception as error:  # the test shows it
        status = re.search(r"HTTP/1.1 (\d+)", str(error))
        return f"HTTP {status[1]}" if status else f"{type(error).__name__}: {error}"[:2000]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
