from __future__ import annotations

from typing import Any

import py4j.clientserver
import pytest
from py4j.java_gateway import JavaPackage
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.lake import lookups


def test_a_function_is_looked_up_once(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    lookups.remember(spark.sparkContext)
    asked: list[str] = []
    send = py4j.clientserver.ClientServerConnection.send_command

    def heard(connection: Any, command: str) -> Any:
        asked.extend([command] if command.startswith("r\n") else [])
        return send(connection, command)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(py4j.clientserver.ClientServerConnection, "send_command", heard)
    texts = [str(F.trim(F.coalesce(F.col("a"), F.lit(1)))) for _ in range(3)]
    view: Any = spark._jvm
    names = [view.org.apache.spark.sql.SaveMode.valueOf("Append").name() for _ in range(3)]

    assert (len(set(texts)), names) == (1, ["Append"] * 3)
    questions = [command.split("\n")[1:4] for command in asked]
    assert questions
    assert len(questions) == len({*map(tuple, questions)})


def test_a_class_that_comes_later_is_found(spark: SparkSession) -> None:
    lookups.remember(spark.sparkContext)
    package: Any = spark._jvm.org.apache.spark  # type: ignore[union-attr]
    assert not isinstance(package.SparkFiles, type(package))
    assert isinstance(package.NoSuchClass, JavaPackage)
    assert "NoSuchClass" not in package.__dict__
    assert package.SparkFiles is package.SparkFiles


def test_what_is_not_there_is_told_as_before(spark: SparkSession) -> None:
    with pytest.raises(Exception, match="no_such_function does not exist"):
        spark.sparkContext._jvm.functions.no_such_function  # type: ignore[union-attr]  # noqa: B018
