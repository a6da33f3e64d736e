from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from lakeward.lake import delta
from lakeward.lake.staged import staged

WAYS: list[tuple[str, dict[str, str]]] = [
    ("overwrite", {"overwriteSchema": "true"}),
    ("append", {"txnAppId": "tests", "txnVersion": "3"}),
    ("append", {"mergeSchema": "true"}),
    ("overwrite", {"replaceWhere": "n < 3"}),
]


def _rows(spark: SparkSession, *numbers: int) -> DataFrame:
    return spark.createDataFrame([(n, f"{n}") for n in numbers], "n int, t string").coalesce(1)


def _log(path: Path, version: int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "_delta_log" / f"{version:020}.json").read_text().splitlines()]


def _all(path: Path) -> list[Path]:
    return sorted(path.rglob("*"))


def test_nobody_sees_what_is_staged_until_it_is_committed(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "odd [1] {名} 50" / "table"

    with staged(_rows(spark, 1, 2), path, step="gold", about="made", mode="overwrite") as written:
        assert delta.version_of(path) is None
        assert sorted(row.n for row in written.frame().collect()) == [1, 2]
        assert written.commit({"made": "so"}) == 0

    assert delta.note_of(path) == {"lakeward": 1, "made": "so"}
    assert delta.rows_of(path) == 2


@pytest.mark.parametrize(("mode", "options"), WAYS, ids=[next(iter(options)) for _, options in WAYS])
def test_the_log_says_what_sparks_own_writer_would_have_said(
    spark: SparkSession, tmp_path: Path, mode: str, options: dict[str, str]
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for path in (ours, theirs):
        _rows(spark, 1, 5).write.format("delta").save(str(path))
    frame = _rows(spark, 1, 2)

    with staged(frame, ours, step="gold", about="made", mode=mode, options=options) as written:
        written.commit({})
    frame.write.format("delta").mode(mode).options(**options, userMetadata='{"lakeward": 1}').save(str(theirs))

    def said(path: Path) -> list[tuple[str, Any]]:
        told = []
        for action in _log(path, 1):
            ((kind, content),) = action.items()
            kept = ("operation", "operationParameters", "isBlindAppend", "userMetadata", "appId", "version", "stats")
            told.append((kind, {name: content[name] for name in kept if name in content}))
        return sorted(told, key=str)

    assert said(ours) == said(theirs)
    assert said(ours)


@pytest.mark.parametrize("is_new", [True, False])
def test_what_is_not_committed_leaves_nothing(spark: SparkSession, tmp_path: Path, is_new: bool) -> None:
    path = tmp_path / "table"
    if not is_new:
        _rows(spark, 1).write.format("delta").save(str(path))
    before = _all(tmp_path)

    with pytest.raises(ZeroDivisionError), staged(_rows(spark, 2), path, step="gold", about="made", mode="overwrite"):
        assert _all(tmp_path) != before
        raise ZeroDivisionError
    with staged(_rows(spark, 2).limit(0), path, step="gold", about="made", mode="overwrite") as written:
        assert written.frame().collect() == []

    assert _all(tmp_path) == before


def test_a_write_that_fails_leaves_nothing(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _rows(spark, 1).write.format("delta").save(str(path))
    before = _all(tmp_path)

    with (
        pytest.raises(AnalysisException),
        staged(_rows(spark, 1).withColumnRenamed("n", "m"), path, step="gold", about="made", mode="append"),
    ):
        pass

    broken = _rows(spark, 1, 2).repartition(2, "n").selectExpr("n", "if(n = 2, raise_error('no'), t) as t")
    with pytest.raises(Exception, match="no"), staged(broken, path, step="gold", about="made", mode="append"):
        pass

    assert _all(tmp_path) == before
