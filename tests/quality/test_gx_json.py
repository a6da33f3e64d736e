"""Suites of Great Expectations as files: read without GX, written so that GX reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from lakeward.lake.errors import UsageError
from lakeward.pipelines.catalog import declared
from lakeward.quality import expect
from lakeward.quality.gx_json import suite_from, suite_json

DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset, Source
from lakeward.quality.gx_json import suite_beside

CLINICS = Dataset(
    name="made.clinics", title="Clinics", title_zh="診所", agency="made",
    source=Source("made/*.csv", licence="not stated", cadence="never"),
    columns=(Column("beds", "int", "beds", cell="beds"),),
    suite=suite_beside(__name__, "suites/clinics.json"),
)
"""
SUITE = {
    "name": "clinics",
    "expectations": [
        {
            "type": "expect_column_values_to_be_in_set",
            "kwargs": {
                "column": "beds",
                "value_set": [1, 2],
                "condition_parser": "spark",
                "row_condition": {"type": "pass_through", "pass_through_filter": "beds > 0"},
            },
            "severity": "warning",
            "meta": {"asked_by": "the agency"},
            "notes": "two sizes only",
            "id": "0e0f3a0c-0000-4000-8000-000000000001",
        }
    ],
}


def test_a_suite_beside_a_declaration_is_its_suite(tmp_path: Path) -> None:
    (tmp_path / "made" / "suites").mkdir(parents=True)
    (tmp_path / "made" / "__init__.py").touch()
    (tmp_path / "made" / "clinics.py").write_text(DECLARATION, "utf-8")
    (tmp_path / "made" / "suites" / "clinics.json").write_text(json.dumps(SUITE), "utf-8")

    (found,) = declared(str(tmp_path))["made.clinics"].suite

    assert found.type == "expect_column_values_to_be_in_set"
    assert found.arguments == expect.column_values_to_be_in_set("beds", (1, 2), row_condition="beds > 0").arguments
    assert (found.severity, found.meta) == ("warning", {"asked_by": "the agency"})
    assert found.also == {"notes": "two sizes only", "id": "0e0f3a0c-0000-4000-8000-000000000001"}


def test_a_suite_that_gx_wrote_comes_back_to_gx_as_it_was(tmp_path: Path) -> None:
    import great_expectations as gx
    from great_expectations.expectations.row_conditions import Column

    gxe: Any = import_module("great_expectations.expectations")
    theirs = gx.ExpectationSuite(
        name="crashes",
        expectations=[
            gxe.ExpectColumnValuesToBeBetween(
                column="age", min_value=0, max_value=120, mostly=0.9, severity="warning", meta={"a": [1]}, notes=["n"]
            ),
            gxe.ExpectColumnValuesToNotBeNull(column="age", description="everyone has an age"),
            gxe.ExpectColumnValuesToBeInSet(column="sex", value_set=["男", "女"], row_condition=Column("age") > 1),
            gxe.ExpectColumnValuesToBeUnique(column="no", row_condition="age > 1", condition_parser="spark"),
            gxe.ExpectColumnPairValuesToBeInSet(column_A="a", column_B="b", value_pairs_set=[("x", 1), ("y", None)]),
            gxe.ExpectColumnQuantileValuesToBeBetween(
                column="age", quantile_ranges={"quantiles": [0.5], "value_ranges": [[20, None]]}
            ),
        ],
    )
    theirs.expectations[0].id = "0e0f3a0c-0000-4000-8000-000000000001"
    path = tmp_path / "crashes.json"
    path.write_text(json.dumps(theirs.to_json_dict()), "utf-8")

    ours = suite_json("crashes", suite_from(path))
    again = gx.ExpectationSuite(name=ours["name"], expectations=ours["expectations"])

    assert again.expectations == theirs.expectations
    assert [_told(each) for each in again.expectations] == [_told(each) for each in theirs.expectations]


def test_a_declared_suite_is_one_that_gx_reads(tmp_path: Path) -> None:
    import great_expectations as gx

    suite = (
        expect.column_values_to_be_between("day", "2020-01-01", mostly=0.99, severity="warning", meta={"why": "law"}),
        expect.column_values_to_be_in_set("code", ("a", "b"), row_condition="day is not null"),
        expect.compound_columns_to_be_unique(("day", "code")),
    )

    written = suite_json("days", suite)
    theirs = gx.ExpectationSuite(name="days", expectations=written["expectations"])
    (tmp_path / "days.json").write_text(json.dumps(theirs.to_json_dict()), "utf-8")

    assert [each.severity for each in theirs.expectations] == ["warning", "critical", "critical"]
    assert suite_from(tmp_path / "days.json") == suite


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "is no JSON"),
        ("[]", "no list of expectations"),
        (
            '{"expectations": [{"expectation_type": "expect_column_to_exist", "kwargs": {}}]}',
            "expectation 1 has no type",
        ),
        (
            '{"expectations": [{"type": "expect_x", "kwargs": []}, {"type": "expect_x", "kwargs": [1]}]}',
            "2: its kwargs",
        ),
        ('{"expectations": [{"type": "expect_x", "severity": "grave"}]}', "severity is 'grave'"),
        (
            '{"expectations": [{"type": "expect_x", "kwargs": {"max_value": {"$PARAMETER": "m"}}}]}',
            "max_value is to be",
        ),
    ],
)
def test_a_bad_file_says_what_is_wrong_with_it(content: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, "utf-8")

    with pytest.raises(UsageError, match=problem) as told:
        suite_from(path)

    assert told.value.remedy
    with pytest.raises(UsageError, match="cannot be read"):
        suite_from(tmp_path / "none.json")


def test_reading_a_suite_imports_no_gx(tmp_path: Path) -> None:
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(SUITE), "utf-8")
    code = (
        "import sys; from lakeward.quality.gx_json import suite_from, suite_json;"
        f"suite_json('s', suite_from({str(path)!r})); raise SystemExit('great_expectations' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _told(expectation: Any) -> Any:
    return expectation.configuration.to_json_dict()
