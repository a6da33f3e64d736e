"""Personal values never reach a curated table: Spark treats them, and the gate sees that it did."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Open, Personal
from lakeward.lake.treatment import Generalised, Hashed
from lakeward.pipelines.dataset import Curated, Disclosure
from lakeward.sharing.privacy.hiding import guarded
from lakeward.sharing.privacy.treatment import KEY, treated, untreated

SECRET = "made-for-this-test-0123456789abcdef"
COLUMNS = (
    Personal("who", "string", "", treated=Hashed()),
    Personal("again", "string", "", treated=Hashed("gold.made.who")),
    Personal("age", "int", "", treated=Generalised(5)),
    Personal("lon_deg", "double", "", treated=Generalised(0.01)),
    Personal("born_on", "date", "", treated=Generalised("year")),
    Personal("address", "string", "", treated=Generalised(3)),
    Open("cases", "int", ""),
)


def test_each_treatment_does_what_is_declared(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    rows = [("A123456789", "A123456789", 37, 121.5645, date(1988, 5, 6), "臺北市大安區", 2), (None,) * 7]
    frame = spark.createDataFrame(rows, ", ".join(f"{column.name} {column.type}" for column in COLUMNS))

    told = frame.select(*(treated("gold.made", each).cast(each.type).alias(each.name) for each in COLUMNS))

    first, nothing = told.toArrow().to_pylist()
    digest = hmac.new(SECRET.encode(), b"gold.made.who\0A123456789", hashlib.sha256).hexdigest()
    assert first == {
        "who": digest, "again": digest, "age": 35, "lon_deg": 121.56, "born_on": date(1988, 1, 1), "address": "臺北市",
        "cases": 2,
    }  # fmt: skip
    assert set(nothing.values()) == {None}
    assert [untreated(each, pa.array([first[each.name]])) for each in COLUMNS] == [0] * len(COLUMNS)
    assert SECRET not in told._jdf.queryExecution().toString()


def test_small_cells_are_hidden_on_their_way_into_a_table(spark: SparkSession) -> None:
    rule = Disclosure(counts=("cases",), within=(("town",),), hidden="is_hidden")
    names = {"town": "string", "cause": "string", "cases": "int", "is_hidden": "boolean"}
    columns = tuple(Open(name, kind, "", key=name in ("town", "cause")) for name, kind in names.items())
    table = Curated("gold.made", "Made", "虛構", (), "a cell", columns, lambda rows: rows, disclosure=rule)
    frame = spark.createDataFrame(
        [("t", "a", 2), ("t", "b", 9), ("t", "c", 90)], "town string, cause string, cases int"
    )

    rows = guarded(table, frame, None)

    assert [tuple(row) for row in rows.collect()] == [
        ("t", "a", None, True),
        ("t", "b", None, True),
        ("t", "c", 90, False),
    ]
    assert {field.name: field.dataType.simpleString() for field in rows.schema} == names


@pytest.mark.parametrize("key", ["", "short"])
def test_nothing_is_hashed_without_a_good_key(spark: SparkSession, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(KEY, key)

    with pytest.raises(UsageError, match=KEY):
        treated("gold.made", COLUMNS[0])
