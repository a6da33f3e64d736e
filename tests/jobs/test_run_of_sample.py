"""A run over made files: what the sample says is bad is what quarantine holds, and every cross-agency table has rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pyspark.sql import SparkSession

from lakeward.jobs.run import run
from lakeward.lake.errors import EXIT_DONE
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.pipelines.sample.folder import write


def test_quarantine_holds_what_the_sample_made_wrong_and_gold_has_rows(spark: SparkSession, tmp_path: Path) -> None:
    tables = declared().values()
    wrong: Counter[str] = Counter()
    for each in write(tmp_path / "landing", [table for table in tables if isinstance(table, Dataset)], rows=400):
        if not each.is_copy:
            wrong[f"silver.{each.dataset}"] += each.bad + each.repeated

    report = run(str(tmp_path / "lake"), str(tmp_path / "landing"), [])

    steps = {step.table_name: step for step in report.steps}
    built = {name: step for name, step in steps.items() if step.outcome == "built"}
    assert {name: built[name].rows_quarantined for name in wrong if name in built} == wrong
    empty = {table.name for table in tables if isinstance(table, Curated) and not steps[table.name].rows_written}
    assert empty == set()
    assert report.exit_code == EXIT_DONE
