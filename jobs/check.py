"""Check a table that exists, at any version, by the suite of its declaration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lakeward.jobs.curate import suite_results
from lakeward.lake import delta
from lakeward.lake.errors import EXIT_DONE, EXIT_QUALITY, UsageError
from lakeward.lake.runs import Outcome, Step, new_id
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.quality import history
from lakeward.quality.engine import Checks
from lakeward.quality.gate import table_verdict, told
from lakeward.quality.misasked import the_rule_named
from lakeward.quality.result import Result

MARKS = ("broken", "warning", "info", "holds")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a table found."""

    table: str
    version: int
    results: tuple[Result, ...]
    run_id: str
    began: datetime

    @property
    def step(self) -> Step:
        """It as one step of a run, for whoever is told of failed gates."""
        why = "; ".join(table_verdict(self.results)[0])
        outcome: Outcome = "failed" if why else "unchanged"
        return Step(self.run_id, self.table, outcome, self.began, error=why, exit_code=self.exit_code)

    @property
    def exit_code(self) -> int:
        """Done, or that a critical rule is broken."""
        return EXIT_QUALITY if table_verdict(self.results)[0] else EXIT_DONE


def check(lake: Lake, table: Table, version: int | None = None, *, master: str | None = None) -> Checked:
    """Check a table as one batch and add the results to the history.

    Raises:
        UsageError: the table, or that version of it, is not there.
    """
    newest = delta.version_of(lake.table(table.table))
    if newest is None or (version is not None and not 0 <= version <= newest):
        there = f"versions 0 to {newest} are there" if newest is not None else f"run `lakeward run {table.name}` first"
        raise UsageError(f"{table.name} has no version {version if version is not None else 0}", remedy=there)
    at = newest if version is None else version
    from lakeward.lake.session import session

    began = datetime.now(UTC)
    spark = session("lakeward validate", master=master, store=lake.store)
    frame = spark.read.format("delta").option("versionAsOf", at).load(str(lake.table(table.table)))
    with the_rule_named(spark, table.name, table.suite, table.columns):
        if isinstance(table, Curated):
            _, note = next(delta.notes(lake.table(table.table), at), (-1, {}))
            results = suite_results(spark, lake, table, frame, note.get("inputs", {}), {})
        else:
            results = Checks.for_frame(table.suite, frame.schema).run(frame)
    failures, _ = table_verdict(results)
    run_id = new_id(began)
    batch = history.Validation(table.table, f"version {at}", tuple(results), "; ".join(failures), version=at)
    history.record(lake, run_id, [batch])
    return Checked(table.table, at, tuple(results), run_id, began)


def as_document(checked: Checked) -> dict[str, object]:
    """Give what was found for machines."""
    return {
        "schema": "lakeward.validate/1",
        "table": checked.table,
        "version": checked.version,
        "success": checked.exit_code == EXIT_DONE,
        "results": [
            {
                "type": each.expectation.type,
                "arguments": dict(each.expectation.arguments),
                "severity": each.expectation.severity,
                "success": each.success,
                "result": dict(each.numbers),
                "engine": each.engine,
                "problem": each.problem,
            }
            for each in checked.results
        ],
    }


def as_text(checked: Checked) -> str:
    """Give what was found for people: what is broken, then warnings, then what holds."""
    lines = sorted((_line(each) for each in checked.results), key=lambda line: MARKS.index(line.split()[0]))
    held = sum(each.success for each in checked.results)
    return "\n".join([f"{checked.table} version {checked.version}: {held} of {len(lines)} rules hold", *lines])


def _line(result: Result) -> str:
    severity = result.expectation.severity
    mark = "holds" if result.success else ("broken" if severity == "critical" else severity)
    said = f"{mark:8}{_named(result) if result.success else told(result)}"
    return said if result.engine == "spark" else f"{said} (by Great Expectations)"


def _named(result: Result) -> str:
    return f"{result.expectation.about}: {result.expectation.type.removeprefix('expect_')}"
