"""Silver to gold: build a curated table from pinned versions, judge it as it is written, and only then publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeward.jobs import parts
from lakeward.jobs.editions import changes
from lakeward.jobs.fingerprints import held_against
from lakeward.jobs.plan import CuratedPlan, input_versions, moved_inputs
from lakeward.lake import delta, lineage
from lakeward.lake.datafiles import frame_at
from lakeward.lake.errors import GateFailed, LakewardError
from lakeward.lake.properties import FED, ensured
from lakeward.lake.staged import INDEXED, staged
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Changes, Curated
from lakeward.quality import across, history
from lakeward.quality.compiled import Answers
from lakeward.quality.engine import Checks
from lakeward.quality.gate import table_verdict
from lakeward.quality.result import Result
from lakeward.quality.watched import ROWS
from lakeward.sharing.privacy import gate
from lakeward.sharing.privacy.disclosed import released
from lakeward.sharing.privacy.hiding import guarded
from lakeward.sharing.privacy.treatment import treated

if TYPE_CHECKING:
    import pyarrow as pa
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
        GateFailed: a critical expectation is broken, or the table would tell of persons; it stays at its last good
            version.
        LakewardError: the function gives other columns than the declaration says.
    """
    curated = step.curated
    versions = input_versions(lake, curated)
    inputs = [input_frame(spark, lake, thing, versions[thing.table]) for thing in curated.inputs]
    whole = laid_out(curated, shaped(curated, curated.build(*inputs), released(lake, curated)))
    renewed = None if step.whole else _renewed(spark, lake, step, inputs, versions)
    frame, again = renewed or (whole, None)
    watched = own_checks(curated, frame).watched(frame, frame.columns[:INDEXED])
    path = lake.table(curated.table)
    options = {"overwriteSchema": "true", **ensured(spark, path, FED)}
    with staged(watched.frame, path, step="gold", about=curated.name, mode="overwrite", options=options) as written:
        seen = watched.known(written.missing, written.statistics)
        warnings = _passed(lake, curated, run_id, suite_results(spark, lake, curated, written.frame(), versions, seen))
        gate.let_pass(gate.judge(lake, curated, [path / name for name in written.files]))
        rows = seen[ROWS]
        lineage.tell(lake, curated.table, whole, run_id)
        note = {"inputs": versions, "fingerprint": step.fingerprint, "rules": held_against(curated), "run": run_id}
        version = written.commit({**note, "counts": {"rows_read": rows, "rows_written": rows}})
        return Built(version, rows, (*warnings, *([parts.remark(again)] if again is not None else [])))


def _renewed(
    spark: SparkSession,
    lake: Lake,
    step: CuratedPlan,
    inputs: Sequence[DataFrame],
    versions: Mapping[str, int | None],
) -> tuple[DataFrame, list[Any]] | None:
    """Make the parts again that newer inputs touch; the other rows are those of the table's newest version.

    Returns:
        The rows, and the parts that were made again; None where another run, since this step was planned, wrote what
        is to be read.
    """
    curated = step.curated
    version, note = noted = delta.noted(lake.table(curated.table))
    moved = moved_inputs(lake, curated, note, versions)
    if parts.why_whole(lake, curated, step.fingerprint, noted, moved):
        return None
    again = parts.touched(spark, lake, curated, note["inputs"], versions)
    fresh = shaped(curated, curated.build(*parts.cut(curated, inputs, again)), None)
    frame = parts.renewed(curated, input_frame(spark, lake, curated, version), fresh, again)
    return laid_out(curated, frame), again


def check_again(spark: SparkSession, lake: Lake, curated: Curated, run_id: str) -> tuple[str, ...]:
    """Hold the rows that are there against a suite that changed, and note that they passed; no row is written.

    Returns:
        What the suite warned of.

    Raises:
        GateFailed: a critical expectation is broken; the table stays as it is.
    """
    path = lake.table(curated.table)
    note = delta.note_of(path)
    frame = frame_at(spark, path, int(delta.version_of(path) or 0))
    warnings = _passed(lake, curated, run_id, suite_results(spark, lake, curated, frame, note["inputs"], {}))
    delta.mark(spark, path, {**note, "rules": held_against(curated), delta.SAME_ROWS: True})
    return tuple(warnings)


def _passed(lake: Lake, curated: Curated, run_id: str, results: Sequence[Result]) -> list[str]:
    """Record how rules came out, and give what they warn of.

    Raises:
        GateFailed: a critical expectation is broken.
    """
    failures, warnings = table_verdict(results)
    told = history.Validation(curated.table, "all rows, before they are published", tuple(results), "; ".join(failures))
    history.record(lake, run_id, [told])
    if failures:
        raise GateFailed(
            f"{curated.name} breaks its suite: {'; '.join(failures)}",
            remedy="readers keep the last good version: mend the function or the suite, then run again",
        )
    return warnings


def own_checks(curated: Curated, frame: DataFrame) -> Checks:
    """Compile the part of the suite that looks into no other table."""
    return Checks.for_frame([each for each in curated.suite if not across.is_across(each)], frame.schema)


def suite_results(
    spark: SparkSession,
    lake: Lake,
    curated: Curated,
    frame: DataFrame,
    versions: dict[str, int | None],
    known: Answers,
) -> list[Result]:
    """Check the suite, also where it looks into other tables: inputs at the version that was read.

    Args:
        spark: the session.
        lake: the lake.
        curated: the table.
        frame: its rows, for whatever is not `known`.
        versions: of its inputs, by their full name.
        known: numbers that were found when the rows were written.
    """
    from lakeward.lake import release

    def other(table: str) -> DataFrame:
        if table not in versions:
            raise LakewardError(
                f"the suite of {curated.name} looks into {table}, which is no input of it",
                remedy=f"add it to inputs, or use one of {', '.join(versions)}",
            )
        return input_frame(spark, lake, next(t for t in curated.tables if t.table == table), versions[table])

    newest = release.newest(lake, curated.table)
    results = iter(own_checks(curated, frame).after(frame, known))
    return [
        across.check(frame, each, other, newest["rows"] if newest else None)
        if across.is_across(each)
        else next(results)
        for each in curated.suite
    ]


def input_frame(spark: SparkSession, lake: Lake, thing: Table | Changes, version: int | None) -> DataFrame:
    """Read an input at the version that the commit will name, with its declared columns and no more."""
    path = lake.table(thing.table)
    if isinstance(thing, Changes):
        return changes(spark, path, thing.of, int(version or 0))
    frame = frame_at(spark, path, int(version or 0))
    return frame.select(*(column.name for column in thing.columns))


def shaped(curated: Curated, frame: DataFrame, before: pa.Table | None) -> DataFrame:
    """Give a function's result the declared columns and types, with what is personal treated and hidden.

    Args:
        curated: the table.
        frame: what its function gave.
        before: the rows of the last release, which hiding looks at; None where there is none.

    Raises:
        LakewardError: the function gives no such column.
    """
    made = curated.disclosure.hidden if curated.disclosure else ""
    wanted = [column for column in curated.columns if column.name != made]
    lacking = [column.name for column in wanted if column.name not in frame.columns]
    if lacking:
        raise LakewardError(
            f"the function of {curated.name} gives no {', '.join(lacking)}",
            remedy="add the columns to its result, or take them out of the declaration",
        )
    told = (treated(curated.table, column).cast(column.type).alias(column.name) for column in wanted)
    return guarded(curated, frame.select(*told), before)


def laid_out(curated: Curated, rows: DataFrame) -> DataFrame:
    """Give rows the order of the declaration's columns and key, and each column its description."""
    from pyspark.sql import functions as F

    return rows.select(
        *(F.col(column.name).alias(column.name, metadata={"comment": column.description}) for column in curated.columns)
    ).orderBy(*curated.key)
