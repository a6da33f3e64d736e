"""The gate before any publication: what is not classed, not treated or looks like a person's does not pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lakeward.lake import delta
from lakeward.lake.errors import GateFailed
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column, Open, Personal, Sensitive
from lakeward.lake.treatment import Aggregated
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy.detectors import KINDS
from lakeward.sharing.privacy.disclosed import Disclosed, columns_of, disclosed, lacks_disclosure, released
from lakeward.sharing.privacy.scan import Found, Scan

BATCH_ROWS = 65_536


class PrivacyRefused(GateFailed):
    """A table may not be published, for what it would tell of persons; readers keep its last release."""

    def __init__(self, table: str, problems: Sequence[str]) -> None:
        shown = "".join(f"\n  - {each}" for each in problems)
        super().__init__(
            f"{table} may not be published, for what it tells of persons:{shown}",
            remedy=f"readers keep the last release; docs/privacy.md says how to declare it, `lakeward privacy {table}` "
            "shows the risk",
        )


@dataclass(frozen=True, slots=True)
class Risk:
    """What a table would tell of persons.

    Args:
        table: its full name.
        found: what its values look like.
        disclosed: how small its groups are; None where it declares none.
        problems: why it may not be published; none when it may.
    """

    table: str
    found: tuple[Found, ...]
    disclosed: Disclosed | None
    problems: tuple[str, ...]


def check(lake: Lake, curated: Curated, version: int | None = None) -> Risk:
    """Judge a version of a curated table that lies in the lake, by default the newest."""
    return judge(lake, curated, delta.data_files(lake.table(curated.table), version))


def judge(lake: Lake, curated: Curated, files: Sequence[Path]) -> Risk:
    """Judge a curated table by its declaration, by every value of its data files, and beside its last release."""
    scan = Scan(curated.columns)
    found = tuple(scan.look(_batches(files, [column.name for column in curated.columns])))
    problems = [
        *class_problems(curated.columns), *lacks_disclosure(curated),
        *_found_problems(curated.columns, found, scan.untreated),
    ]  # fmt: skip
    told = None
    if curated.disclosure and files:
        rows = pa.Table.from_batches(_batches(files, columns_of(curated)))
        told = disclosed(curated, rows, released(lake, curated))
        problems += told.problems if told else ()
    return Risk(curated.table, found, told, tuple(problems))


def let_pass(risk: Risk) -> None:
    """Do nothing where a table may be published.

    Raises:
        PrivacyRefused: it may not.
    """
    if risk.problems:
        raise PrivacyRefused(risk.table, risk.problems)


def class_of(column: Column) -> str:
    """Give the class of a column; empty when it has none."""
    if isinstance(column, Personal):
        return "sensitive" if isinstance(column, Sensitive) else "personal"
    return "open" if isinstance(column, Open) else ""


def class_problems(columns: Sequence[Column]) -> Iterator[str]:
    """Say which columns may not be published as they are declared."""
    if unclassed := [column.name for column in columns if not class_of(column)]:
        yield f"not classed: {', '.join(unclassed)} (write Open(…), Personal(…) or Sensitive(…) in place of Column(…))"
    for column in columns:
        if isinstance(column, Sensitive) and not isinstance(column.treated, Aggregated):
            yield f"{column.name} is sensitive and not aggregated (give it treated=Aggregated(), or leave it out)"
        elif isinstance(column, Personal) and column.treated is None:
            yield (
                f"{column.name} is personal and not treated (give it treated=Hashed(), Generalised(…) or Aggregated(), "
                "or leave it out)"
            )
        elif isinstance(column, Open) and (strange := sorted(set(column.holds) - set(KINDS))):
            yield f"{column.name} says it holds {', '.join(strange)}, which no detector is called ({', '.join(KINDS)})"


def _found_problems(columns: Sequence[Column], found: Sequence[Found], untreated: dict[str, int]) -> Iterator[str]:
    allowed = {column.name: column.holds for column in columns if isinstance(column, Open)}
    for each in found:
        if each.kind not in allowed.get(each.column, {}):
            many = f" ({each.values:,} different values)" if each.values else ""
            yield (
                f"{each.column} holds {each.what}{many}: leave it out, declare it Personal, or say why anybody may "
                f'see them: Open(…, holds={{"{each.kind}": "why"}})'
            )
    for name, count in untreated.items():
        if count:
            yield f"{name} has {count:,} values that are not treated as declared: run again, to build the table anew"


def _batches(files: Iterable[Path], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for file in files:
        for batch in delta.parquet(file).iter_batches(BATCH_ROWS, columns=list(names), use_threads=False):
            yield batch.select(list(names))
