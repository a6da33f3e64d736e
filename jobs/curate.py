"""Silver to gold: build a curated table from pinned versions, judge it, and only then commit it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakeward.jobs.plan import CuratedPlan, input_versions
from lakeward.lake import delta
from lakeward.lake.errors import GateFailed, LakewardError
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Curated
from lakeward.quality.gate import table_questions, table_verdict

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, slots=True)
class Built:
    """A curated table's new version, its rows, and what its suite warned of."""

    version: int
    rows: int
    warnings: tuple[str, ...]


def curate(spark: SparkSession, lake: Lake, step: CuratedPlan, run_id: str) -> Built:
    """Build a curated table and commit it when its suite allows.

    Raises:
        GateFailed: a critical expectation is broken; the table stays at its last good version.
        LakewardError: the function gives other columns than the declaration says.
    """
    from pyspark.sql import functions as F

    curated = step.curated
    versions = input_versions(lake, curated)
    inputs = (_input(spark, lake, curated, at, versions) for at in range(len(versions)))
    frame = _shaped(curated, curated.build(*inputs)).persist()
    try:
        questions = table_questions(curated.suite)
        answers = frame.agg(F.count("*"), *(F.expr(sql) for _, sql in questions)).first()
        if answers is None:
            raise RuntimeError("an aggregate without groups has one row")
        failures, warnings = table_verdict([(rule, answers[n]) for n, (rule, _) in enumerate(questions, start=1)])
        if failures:
            raise GateFailed(
                f"{curated.name} breaks its suite: {'; '.join(failures)}",
                remedy="readers keep the last good version: mend the function or the suite, then run again",
            )
        version = delta.commit(
            frame,
            lake.table(curated.table),
            step="gold",
            about=curated.name,
            note={
                "inputs": versions,
                "fingerprint": step.fingerprint,
                "run": run_id,
                "counts": {"rows_read": answers[0], "rows_written": answers[0]},
            },
            mode="overwrite",
            options={"overwriteSchema": "true"},
        )
        return Built(version, answers[0], tuple(warnings))
    finally:
        frame.unpersist()


def _input(
    spark: SparkSession, lake: Lake, curated: Curated, position: int, versions: dict[str, int | None]
) -> DataFrame:
    """Read an input at the version that the commit will name, with its declared columns and no more."""
    thing = curated.inputs[position]
    frame = spark.read.format("delta").option("versionAsOf", str(versions[thing.table])).load(
        str(lake.table(thing.table))
    )  # fmt: skip
    return frame.select(*(column.name for column in thing.columns))


def _shaped(curated: Curated, frame: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    lacking = [column.name for column in curated.columns if column.name not in frame.columns]
    if lacking:
        raise LakewardError(
            f"the function of {curated.name} gives no {', '.join(lacking)}",
            remedy="add the columns to its result, or take them out of the declaration",
        )
    return frame.select(
        *(
            F.col(column.name).cast(column.type).alias(column.name, metadata={"comment": column.description})
            for column in curated.columns
        )
    ).orderBy(*curated.key)
