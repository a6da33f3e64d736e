"""Release several tables, and say what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from lakeward.jobs.publish import publish
from lakeward.jobs.report import columns
from lakeward.lake import delta, release, runs
from lakeward.lake.errors import EXIT_DONE, LakewardError, NothingSelected, UsageError
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.releases import keys


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one table.

    Args:
        table: its full name.
        release: its release's number; empty when there is none.
        is_new: this command made it.
        rows: its rows.
        files: its files, by name.
        bytes: what these take.
        signed_by: the public key of its signature; empty when it has none.
        inferred: the data sets under it whose terms no agency and no person has confirmed.
        problem: why it was not released.
        exit_code: of the problem.
    """

    table: str
    release: str = ""
    is_new: bool = False
    rows: int = 0
    files: tuple[str, ...] = ()
    bytes: int = 0
    signed_by: str = ""
    inferred: tuple[str, ...] = ()
    problem: str = ""
    exit_code: int = EXIT_DONE


def chosen(lake: Lake, declared: Mapping[str, Table], selections: Sequence[str]) -> list[Curated]:
    """Give the gold tables that names or patterns mean; without any, all that are built.

    Raises:
        NothingSelected: a selection matches nothing.
        UsageError: it names a data set, which is not published by itself.
    """
    gold = {name: table for name, table in declared.items() if isinstance(table, Curated)}
    if not selections:
        return [table for table in gold.values() if delta.version_of(lake.table(table.table)) is not None]
    found: dict[str, Curated] = {}
    for selection in selections:
        matches = {name: table for name, table in gold.items() if fnmatchcase(name, selection)}
        if not matches and selection.removeprefix("silver.") in declared:
            raise UsageError(
                f"{selection} is a data set; only gold tables are published",
                remedy="name one of `lakeward ls`'s gold tables",
            )
        if not matches:
            raise NothingSelected(selection, list(gold))
        found |= matches
    return list(found.values())


def publish_all(lake: Lake, tables: Iterable[Curated], reason: str | None = None) -> list[Published]:
    """Release tables one after the other; what is refused does not stop the others.

    Args:
        lake: the lake.
        tables: which tables.
        reason: why they are released though something stands against it; None when nothing is to be forced.
    """
    run_id = runs.new_id(datetime.now(UTC))
    with lease(lake, "publish"):
        return [_published(lake, table, run_id, reason) for table in tables]


def _published(lake: Lake, table: Curated, run_id: str, reason: str | None) -> Published:
    if delta.version_of(lake.table(table.table)) is None:
        error = UsageError(f"{table.name} is not built yet", remedy=f"`lakeward run {table.name}` builds it")
        return Published(table.name, problem=str(error), exit_code=error.exit_code)
    before = {each["release"] for each in release.manifests(lake.releases(table.table))}
    try:
        made = publish(lake, table, run_id, reason=reason)
    except LakewardError as error:
        return Published(table.name, problem=str(error), exit_code=error.exit_code)
    key = keys.configured()
    files = tuple(each["path"] for each in made["files"])
    decisions = made.get("terms", {}).get("decisions", {})
    return Published(
        table.name, made["release"], made["release"] not in before, made["rows"], files, made["bytes"],
        key.public.text if key else "", tuple(name for name, each in decisions.items() if each.get("is_inferred")),
    )  # fmt: skip


def exit_code(done: Iterable[Published]) -> int:
    """Give the gravest exit code."""
    return max((each.exit_code for each in done), default=EXIT_DONE)


def as_document(done: Sequence[Published]) -> dict[str, Any]:
    """Give it for machines."""
    return {"schema": "lakeward.publish/1", "tables": [asdict(each) for each in done]}


def as_text(lake: Lake, done: Sequence[Published]) -> str:
    """Give it for people."""
    if not done:
        return "no gold table is built yet: `lakeward run` builds them"
    released = [each for each in done if each.release]
    rows = [
        (each.table, each.release, "new" if each.is_new else "as before", each.rows,
         " ".join(file.rpartition(".")[2] for file in each.files), each.bytes)
        for each in released
    ]  # fmt: skip
    lines = [columns(rows, ("table", "release", "", "rows", "formats", "bytes")), ""] if rows else []
    said = [(each.table, each.problem) for each in done if each.problem]
    lines += [problem if problem.startswith(table) else f"{table}: {problem}" for table, problem in said]
    if inferred := sorted({name for each in released for name in each.inferred}):
        lines.append(f"under terms that were inferred, as none are stated, of {', '.join(inferred)}:")
        lines.append("  `lakeward licences` says what a person has to decide")
    if released:
        signed = released[0].signed_by
        lines.append(f"releases lie in {lake.root / 'published'}; `lakeward verify FOLDER` checks one")
        lines.append(
            f"signed by {signed}" if signed else "not signed: `lakeward keys new FILE`, then LAKEWARD_SIGNING_KEY=FILE"
        )
    return "\n".join(lines)
