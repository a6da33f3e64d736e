"""Try declarations on small files in a lake that is thrown away, and hold tables against the rows they must have."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakeward.jobs.run import run
from lakeward.lake import delta
from lakeward.lake.errors import EXIT_QUALITY, UsageError
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, declared, of_user, select
from lakeward.pipelines.dataset import Dataset

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial.

    Args:
        steps: what was done, a step a table.
        made: the data sets that no file was given of, so that files were made.
        compared: how many rows each table was expected to have.
        differences: of those that have others, which rows are too many (`+`) and which are lacking (`-`).
        exit_code: the gravest of the steps' codes, or that of a difference.
    """

    steps: tuple[Step, ...]
    made: tuple[str, ...]
    compared: Mapping[str, int]
    differences: Mapping[str, tuple[str, ...]]
    exit_code: int

    def document(self) -> dict[str, Any]:
        """Give it for machines."""
        steps = [
            {name: getattr(step, name) for name in ("table_name", "outcome", "rows_read", "rows_written", "error")}
            | {"rows_quarantined": step.rows_quarantined, "reasons": dict(step.reasons)}
            for step in self.steps
        ]
        told = {"made": self.made, "compared": self.compared, "differences": self.differences}
        return {"schema": "lakeward.test/1", "exit_code": self.exit_code, "steps": steps, **told}

    def text(self) -> str:
        """Give it for people."""
        lines = []
        for step in self.steps:
            lines.append(f"{step.table_name}: {step.rows_read} rows read, {step.rows_written} written, "
                         f"{step.rows_quarantined} refused")  # fmt: skip
            lines += [f"  refused, {count} rows: {reason}" for reason, count in step.reasons.items()]
            lines += [f"  warning: {each}" for each in step.warnings]
            lines += [f"  {line}" for line in step.error.splitlines()]
        lines += [f"{name}: its files were made, for none was given" for name in self.made]
        for name, count in self.compared.items():
            wrong = self.differences.get(name, ())
            lines.append(
                f"{name}: {len(wrong)} rows differ" if wrong else f"{name}: the {count} rows that are expected"
            )
            lines += [f"  {each}" for each in wrong[:SHOWN]]
        return "\n".join([*lines, "failed" if self.exit_code else "passed"])


def trial(
    selections: Sequence[str], own: str | None, given: Path | None, expected: Path | None, master: str | None = None
) -> Trial:
    """Run a project's declarations without touching its lake.

    Args:
        selections: names and patterns of tables; none means those that the project declares.
        own: the folder of declarations; by default the project's.
        given: a landing folder of files as delivered, which is only read; data sets without files there get made ones.
        expected: a folder of CSV files named after tables, of the rows that those must have.
        master: Spark's master.

    Raises:
        UsageError: there is no such folder, no declaration, or a file of expected rows cannot be used.
    """
    tables = select(declared(own), selections or of_user(own))
    wanted = _expected(expected, tables) if expected else {}
    with tempfile.TemporaryDirectory(prefix="lakeward-test-") as folder:
        landing, lake = Path(folder) / "landing", Path(folder) / "lake"
        made = _landed(landing, [each for each in tables.values() if isinstance(each, Dataset)], given)
        report = run(str(lake), str(landing), list(tables), own=own, master=master)
        differences = {}
        for name, rows in wanted.items():
            if found := tuple(_differences(Lake.at(str(lake)), tables[name], rows)):
                differences[name] = found
    counts = {name: len(rows) for name, rows in wanted.items()}
    code = report.exit_code or (EXIT_QUALITY if differences else 0)
    return Trial(tuple(report.steps), tuple(made), counts, differences, code)


def _landed(landing: Path, datasets: Iterable[Dataset], given: Path | None) -> list[str]:
    """Fill a landing folder: copies of the files that were given, and made ones where there are none."""
    from lakeward.pipelines.sample.folder import write

    if given and not given.is_dir():
        raise UsageError(f"there is no folder {given}", remedy="give --landing a folder of files as delivered")
    lacking = []
    for dataset in datasets:
        folder = dataset.source.folder
        if not (given and (given / folder).is_dir() and any((given / folder).iterdir())):
            lacking.append(dataset)
    landing.mkdir(parents=True)
    if lacking:
        write(landing, lacking)
    for dataset in datasets:
        if given and dataset not in lacking:
            shutil.copytree(given / dataset.source.folder, landing / dataset.source.folder, dirs_exist_ok=True)
    return [each.name for each in lacking]


def _expected(folder: Path, tables: Mapping[str, Table]) -> dict[str, list[dict[str, str]]]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", remedy="give --expected a folder of <table>.csv")
    found = {}
    for file in sorted(folder.glob("*.csv")):
        if table := tables.get(file.stem):
            with file.open(encoding="utf-8-sig", newline="") as stream:
                rows = csv.DictReader(stream)
                names = {column.name for column in table.columns}
                if wrong := sorted(set(rows.fieldnames or [""]) - names):
                    raise UsageError(
                        f"{file}: {table.name} has no {wrong[0]}", remedy=f"name some of {', '.join(names)}"
                    )
                found[table.name] = list(rows)
    return found


def _differences(lake: Lake, table: Table, wanted: Sequence[Mapping[str, str]]) -> Iterable[str]:
    """Say which rows are lacking or too many, in the columns that are named; as text, empty where there is no value."""
    names = list(wanted[0]) if wanted else [column.name for column in table.columns]
    opened = delta.opened(lake.table(table.table))
    rows = opened.to_pyarrow_table(columns=names).to_pylist() if opened else []
    has = Counter(tuple("" if row[name] is None else str(row[name]) for name in names) for row in rows)
    must = Counter(tuple(row[name] or "" for name in names) for row in wanted)
    counted = [(row, has[row] - must[row]) for row in sorted({*has, *must})]
    yield from (f"{'+' if more > 0 else '-'} {', '.join(row)}" for row, more in counted for _ in range(abs(more)))
