"""Expectations of a user's own class, beside compiled ones in the same run and report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.pipelines.catalog import declared
from lakeward.quality import expect
from lakeward.quality.engine import Checks
from lakeward.quality.gx_json import suite_from, suite_json

CLASS = """
from great_expectations.compatibility.pyspark import functions as F
from great_expectations.execution_engine import SparkDFExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import ColumnMapMetricProvider, column_condition_partial


class ColumnValuesMultiple(ColumnMapMetricProvider):
    condition_metric_name = "column_values.multiple"
    condition_value_keys = ("of",)

    @column_condition_partial(engine=SparkDFExecutionEngine)
    def _spark(cls, column, of, **kwargs):
        return column % of == 0


class ExpectColumnValuesToBeMultiple(ColumnMapExpectation):
    of: int
    map_metric = "column_values.multiple"
    success_keys = ("mostly", "of")
"""
DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset, Source
from lakeward.quality import expect

CLINICS = Dataset(
    name="made.clinics", title="Clinics", title_zh="診所", agency="made",
    source=Source("made/*.csv", licence="not stated", cadence="never"),
    columns=(Column("beds", "int", "beds", cell="beds"),),
    suite=(
        expect.column_values_to_be_between("beds", 0, 100),
        expect.custom(
            "expect_column_values_to_be_multiple", {"column": "beds", "of": 2}, f"{__package__}._rules", mostly=0.5
        ),
        expect.unexpected_rows("SELECT * FROM {batch} WHERE beds > 7"),
    ),
)
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's folder: a declaration, and beside it a class that imports Great Expectations."""
    folder = tmp_path / "own" / "made"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "clinics.py").write_text(DECLARATION, "utf-8")
    (folder / "_rules.py").write_text(CLASS, "utf-8")
    return folder.parent


def test_a_custom_expectation_runs_in_the_same_run_and_report(own: Path, spark: SparkSession) -> None:
    suite = declared(str(own))["made.clinics"].suite
    frame = spark.createDataFrame([(2,), (4,), (7,), (9,), (None,)], "beds int")

    told = Checks.for_frame(suite, frame.schema).run(frame)

    assert [(each.engine, each.success, each.problem) for each in told] == [
        ("spark", True, ""), ("gx", True, ""), ("gx", False, ""),
    ]  # fmt: skip
    assert [told[1].numbers[name] for name in ("element_count", "unexpected_count", "missing_count")] == [5, 2, 1]
    assert told[2].numbers["observed_value"] == 1


def test_a_custom_expectation_keeps_its_module_in_a_suite_file(own: Path, tmp_path: Path) -> None:
    suite = declared(str(own))["made.clinics"].suite
    (tmp_path / "suite.json").write_text(json.dumps(suite_json("clinics", suite)), "utf-8")

    assert suite_from(tmp_path / "suite.json") == suite


def test_a_custom_expectation_that_cannot_be_loaded_says_so(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(2,)], "beds int")
    lost = expect.custom("expect_luck", {"column": "beds"}, "no_such_module")

    (told,) = Checks.for_frame([lost], frame.schema).run(frame)

    assert not told.success
    assert "no_such_module" in told.problem
