"""Prometheus reads how the last step of each table went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lakeward.jobs.cli import main
from lakeward.lake import runs
from lakeward.lake.costs import Cost, Range
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake

BEGAN = datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_the_last_step_of_each_table_is_told(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    first = Step("r1", "silver.made.rain", "refused", BEGAN, seconds=9.0, rows_read=7, exit_code=66)
    cost = Cost(4.5, "process tree", 2.0, 0.1, 1, 2, 3, 4, "modelled", Range(1, 2, 3), None)
    last = replace(
        first, run_id="r2", cost=cost, outcome="built", started_at=BEGAN + timedelta(hours=1), seconds=1.5, exit_code=0
    )
    for step in (last, first, replace(first, table_name="gold.made")):
        runs.record(lake, step)

    assert main(["metrics", "--lake", str(lake.root)]) == 0

    samples = [
        sample for family in text_string_to_metric_families(capsys.readouterr().out) for sample in family.samples
    ]
    told = {(sample.name, sample.labels["table"]): sample.value for sample in samples}
    energy = {
        sample.labels["bound"]: sample.value for sample in samples if sample.name == "lakeward_step_energy_joules"
    }
    assert told["lakeward_step_exit_code", "silver.made.rain"] == 0
    assert told["lakeward_step_exit_code", "gold.made"] == 66
    assert told["lakeward_step_duration_seconds", "silver.made.rain"] == 1.5
    assert told["lakeward_step_cpu_seconds", "silver.made.rain"] == 4.5
    assert energy == {"low": 1, "mid": 2, "high": 3}
    assert ("lakeward_step_carbon_grams", "silver.made.rain") not in told  # it is not known
    assert ("lakeward_step_cpu_seconds", "gold.made") not in told
    assert told["lakeward_step_read_rows", "gold.made"] == 7
    assert told["lakeward_step_start_time_seconds", "silver.made.rain"] == BEGAN.timestamp() + 3600
    assert ("lakeward_table_rows", "gold.made") not in told  # it holds no version
