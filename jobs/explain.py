"""How often rows are read and shuffled when a table is checked, told from its declaration alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakeward.jobs.counted import Suites
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Append, Curated, Dataset, Upsert
from lakeward.quality import across
from lakeward.quality.engine import Checks


def explained(table: Table) -> dict[str, list[str]]:
    """Say what checking takes: when `run` writes the table, and when `validate` reads it."""
    types = {column.name: column.type for column in table.columns}
    checks = Checks.of([each for each in table.suite if not across.is_across(each)], types)
    others = [f"a look into another table for {each.type}" for each in table.suite if across.is_across(each)]
    run = _curated(table, checks, others) if isinstance(table, Curated) else _dataset(table)
    return {"run": run, "validate": [*checks.explained(), *others]}


def _dataset(dataset: Dataset) -> list[str]:
    suites = Suites.of(dataset)
    known = suites.by_key(dataset)
    said = ["1 scan of bronze; its typed rows stay in memory, where the rest reads them"]
    if dataset.key:
        held = ", held against the keys in silver" if isinstance(dataset.combine, Append) else ""
        said.append(
            f"1 shuffle by a hash of the key ({', '.join(dataset.key)}): rows that repeat it are set aside{held}"
        )
    said.append(
        f"1 pass for {len(dataset.suite) - len(suites.others.left)} expectations, reasons and counts: "
        f"{len(suites.measures)} numbers, by delivery and reason"
    )
    said += [f"no shuffle by {', '.join(each.by)}: the key is in it, and no row repeats that" for each in known]
    said += suites.others.beyond_the_pass(known)
    if isinstance(dataset.combine, Upsert):
        said.append("1 shuffle by the same hash when several deliveries come at once: the last wins")
    beside = ", beside what stays of the files it touches" if isinstance(dataset.combine, Upsert) else ""
    said.append(f"silver is written from memory{beside}")
    return [*said, "1 more scan of bronze when rows are refused, for their cells as delivered"]


def _curated(curated: Curated, checks: Checks, others: list[str]) -> list[str]:
    sort = [f"1 sort by {', '.join(curated.key)}"] if curated.key else []
    numbers = len(checks.questions[0])
    return [
        *sort,
        f"1 pass, which is the write, for {len(checks.ready)} expectations and the count: {numbers} numbers at most",
        *["1 look at the written files when a rule is broken, to count its rows"] * bool(numbers),
        *(f"{each}, over the written files" for each in checks.beyond_the_pass()),
        *(f"{each}, from the written files" for each in others),
        "1 commit when the gate lets it pass; else the written files are removed, unseen",
    ]


def as_text(table: Table, said: Mapping[str, Sequence[str]]) -> str:
    """Lay it out for people."""
    return "\n".join(
        line for verb, steps in said.items() for line in (f"lakeward {verb} {table.name}", *(f"  {s}" for s in steps))
    )
