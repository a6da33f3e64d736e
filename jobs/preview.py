"""A curated table made from a slice of its inputs, judged by its suite and shown; nothing is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeward.jobs.curate import input_frame, laid_out, own_checks, shaped
from lakeward.jobs.plan import input_versions
from lakeward.jobs.report import columns
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.quality.gate import table_verdict
from lakeward.sharing.privacy.disclosed import released

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

UNKNOWN_COLUMN = "UNRESOLVED_COLUMN"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a table would hold.

    Args:
        table: its full name.
        versions: of the inputs that were read.
        sliced: the inputs that the condition took rows out of.
        count: how many rows there are.
        rows: the first of them.
        failures: critical rules that are broken; on a slice, rules on a whole table may be.
        warnings: other rules that are broken.
    """

    table: str
    versions: dict[str, int]
    sliced: tuple[str, ...]
    count: int
    rows: list[dict[str, Any]]
    failures: list[str]
    warnings: list[str]


def preview(lake: Lake, table: Table, where: str = "", rows: int = 20, master: str | None = None) -> Preview:
    """Run a table's function on its inputs' newest versions.

    Args:
        lake: the lake.
        table: what to make.
        where: a condition in Spark's SQL on the rows of each input that has its columns; empty for all rows.
        rows: how many to give.
        master: Spark's master.

    Raises:
        UsageError: it is no curated table, an input is not built, or the condition fits no input.
        LakewardError: the function gives other columns than the declaration says.
    """
    if not isinstance(table, Curated):
        raise UsageError(
            f"{table.name} is made from files, not from tables",
            remedy=f"`lakeward test {table.name} --landing FOLDER` tries it in a lake that is thrown away",
        )
    known = input_versions(lake, table)
    if lacking := [name for name, version in known.items() if version is None]:
        raise UsageError(
            f"{table.name} rests on {', '.join(lacking)}, not built yet",
            remedy=f"`lakeward run {' '.join(name.removeprefix('silver.') for name in lacking)}`",
        )
    from lakeward.lake.session import session

    spark = session("lakeward preview", store=lake.store, master=master)
    inputs = [(thing.table, input_frame(spark, lake, thing, known[thing.table])) for thing in table.inputs]
    slices = [(name, frame, _slice(frame, where)) for name, frame in inputs]
    sliced = tuple(name for name, _, part in slices if part is not None)
    if where and not sliced:
        raise UsageError(
            f"no input of {table.name} has all columns of: {where}",
            remedy="; ".join(f"{name} has {', '.join(frame.columns)}" for name, frame in inputs),
        )
    built = table.build(*(frame if part is None else part for _, frame, part in slices))
    made = laid_out(table, shaped(table, built, released(lake, table))).persist()
    try:
        failures, warnings = table_verdict(own_checks(table, made).run(made))
        first = [row.asDict(recursive=True) for row in made.limit(rows).collect()]
        return Preview(
            table.table, {name: int(version or 0) for name, version in known.items()}, sliced, made.count(), first,
            failures, warnings,
        )  # fmt: skip
    finally:
        made.unpersist()


def as_document(seen: Preview) -> dict[str, Any]:
    """Give it for machines."""
    return {
        "schema": "lakeward.preview/1", "table": seen.table, "inputs": seen.versions, "sliced": list(seen.sliced),
        "rows": seen.count, "first_rows": seen.rows, "failures": seen.failures, "warnings": seen.warnings,
    }  # fmt: skip


def as_text(seen: Preview) -> str:
    """Give it for people."""
    inputs = ", ".join(
        f"{name}@{version}{' (a slice)' if name in seen.sliced else ''}" for name, version in seen.versions.items()
    )
    lines = [f"{seen.table} from {inputs}: {seen.count:,} rows, nothing written"]
    if seen.rows:
        names = list(seen.rows[0])
        lines += ["", columns([[row[name] for name in names] for row in seen.rows], names, groups=False), ""]
    lines += [f"would be refused: {each}" for each in seen.failures]
    lines += [f"warning: {each}" for each in seen.warnings]
    return "\n".join(lines)


def _slice(frame: DataFrame, where: str) -> DataFrame | None:
    """Give the rows that a condition takes; None where the frame lacks one of its columns."""
    if not where:
        return None
    from pyspark.errors import AnalysisException

    try:
        return frame.where(where)
    except AnalysisException as cause:
        if (cause.getCondition() or "").startswith(UNKNOWN_COLUMN):
            return None
        said = str(cause).strip().splitlines()[0]
        raise UsageError(f"this is no condition: {where} ({said})", remedy="write it as in SQL: year = 2024") from cause
