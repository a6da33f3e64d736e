"""The JSON is Great Expectations' own: its classes load it and write it again the same."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from lakeward.lake.storage import Lake
from lakeward.quality import across, expect, gx_results, history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result

PERSONAL = "A123456789"
ROWS = {
    "element_count": 4, "unexpected_count": 1, "unexpected_percent": 100 / 3, "missing_count": 1,
    "missing_percent": 25.0, "unexpected_percent_total": 25.0, "unexpected_percent_nonmissing": 100 / 3,
    "partial_unexpected_list": [PERSONAL], "partial_unexpected_counts": [{"value": PERSONAL, "count": 1}],
    "partial_unexpected_index_list": [2],
}  # fmt: skip
RESULTS = (
    Result(expect.column_values_to_be_in_set("sex", ("男", "女"), severity="warning"), False, ROWS),
    Result(expect.column_mean_to_be_between("age", 0, 90), True, {"observed_value": 41.5}),
    Result(expect.column_max_to_be_between("day", "2026-01-01"), True, {"observed_value": date(2026, 2, 3)}),
    Result(expect.column_stdev_to_be_between("age", 0), False, {"observed_value": float("nan")}),
    Result(expect.column_distinct_values_to_be_in_set("id", ("B1",)), False, {"observed_value": [PERSONAL]}),
    Result(expect.column_values_to_not_be_null("gone"), False, problem="no such column"),
    Result(across.sums_to_reconcile_with_table("n", "silver.b", by=("town",)), True, {"observed_value": {"gap": 2.0}}),
)


def _kept(lake: Lake, *batches: Validation) -> dict[str, Any]:
    history.record(lake, "r1", batches)
    (document,) = gx_results.kept(lake)
    return document


def test_great_expectations_classes_load_each_result_and_write_it_the_same(lake: Lake) -> None:
    from great_expectations.checkpoint.checkpoint import Checkpoint, CheckpointResult
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import ValidationResultIdentifier

    told = _kept(lake, Validation("silver.made.people", "made/1.csv", RESULTS, "too many", "ab" * 32))

    loaded = {}
    for name, each in told["run_results"].items():
        result = loaded[name] = expectationSuiteValidationResultSchema.load(each)
        assert result.to_json_dict() == each
        assert result.get_max_severity_failure() == "critical"
        assert result.results[1].expectation.max_value == 90
        assert str(_identifier(each)) == name
    config = told["checkpoint_config"]
    checkpoint = Checkpoint.construct(name=config["name"], actions=[], validation_definitions=[])
    assert set(json.loads(checkpoint.json())) == set(config)
    whole = CheckpointResult.construct(
        run_id=RunIdentifier(**told["run_id"]),
        run_results=loaded,
        checkpoint_config=checkpoint,
        success=told["success"],
    )
    assert set(CheckpointResult.__fields__) == set(told)
    assert whole.describe_dict()["statistics"]["unsuccessful_validations"] == 1
    assert ValidationResultIdentifier.__name__ in next(iter(loaded))


def _identifier(told: dict[str, Any]) -> object:
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    suite, batch = ExpectationSuiteIdentifier(told["suite_name"]), told["meta"]["batch_parameters"]["batch"]
    return ValidationResultIdentifier(suite, RunIdentifier(**told["meta"]["run_id"]), batch)


def test_the_shape_is_that_of_a_result_by_great_expectations_itself(lake: Lake) -> None:
    import great_expectations as gx
    import pandas as pd
    from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet

    told = _kept(lake, Validation("silver.made.people", "made/1.csv", RESULTS, "", "ab" * 32))
    ours = next(iter(told["run_results"].values()))
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("made").add_dataframe_asset("made")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
        {"dataframe": pd.DataFrame({"sex": ["男", "x"]})}
    )
    suite = gx.ExpectationSuite("s", [ExpectColumnValuesToBeInSet(column="sex", value_set=["男"])])
    theirs: dict[str, Any] = batch.validate(suite).to_json_dict()  # type: ignore[no-untyped-call]

    assert set(ours) == set(theirs)
    assert set(ours["statistics"]) == set(theirs["statistics"])
    assert set(ours["results"][0]) == set(theirs["results"][0])
    assert set(ours["results"][0]["expectation_config"]) == set(theirs["results"][0]["expectation_config"]) - {"id"}
    assert set(theirs["results"][0]["result"]) - set(ours["results"][0]["result"]) == {
        "partial_unexpected_list", "partial_unexpected_counts", "partial_unexpected_index_list",
    }  # fmt: skip


def test_values_of_rows_are_nowhere(lake: Lake) -> None:
    told = _kept(lake, Validation("silver.made.people", "made/1.csv", RESULTS))
    results = next(iter(told["run_results"].values()))["results"]

    assert PERSONAL not in json.dumps(told)
    assert PERSONAL not in json.dumps(history.records(lake), default=str)
    assert results[0]["result"]["unexpected_count"] == 1
    assert results[3]["result"]["observed_value"] is None


def test_a_file_a_suite_and_run_holds_every_batch(lake: Lake) -> None:
    batches = (
        Validation("silver.made.a", "made/1.csv", RESULTS[1:2], "", "a" * 64),
        Validation("silver.made.a", "made/2.csv", RESULTS[:1], "", "b" * 64),
        Validation("gold.b", "version 3", RESULTS[1:2], version=3),
    )
    history.record(lake, "r1", batches)
    folder = lake.root / gx_results.FOLDER

    gold, silver = gx_results.kept(lake)

    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.json")) == [
        "results/gold.b/r1.json", "results/silver.made.a/r1.json",
    ]  # fmt: skip
    assert [key.rpartition("/")[2] for key in silver["run_results"]] == ["a" * 16, "b" * 16]
    assert (gold["success"], silver["success"]) == (True, False)
    assert next(iter(gold["run_results"])).endswith("/version-3")
    assert "1 of 1 rules held" in (folder / "badges" / "gold.b.svg").read_text("utf-8")


@pytest.mark.parametrize("module", ["lakeward.quality.history", "lakeward.jobs.notify", "lakeward.quality.data_docs"])
def test_writing_results_does_not_import_great_expectations(module: str) -> None:
    code = f"import sys, {module}; print('great_expectations' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert told.strip() == "False"
