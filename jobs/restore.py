"""Bring a curated table back to one of its earlier versions, as a new commit and a new release; nothing is lost.

The restored rows stand for the inputs and the declaration of today: the next run leaves them until one of these
changes. Restoring to the version before brings back what was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lakeward.jobs.fingerprints import held_against
from lakeward.jobs.plan import input_versions, plan_curated
from lakeward.jobs.publish import publish
from lakeward.lake import delta, release, runs
from lakeward.lake.audit import missing
from lakeward.lake.errors import UsageError
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.lake.writer import writer
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy import gate

RELEASE = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Restored:
    """Which version was brought back, as which version and release."""

    table: str
    to: int
    version: int
    release: str
    rows: int


def restore(lake: Lake, table: Table, to: str, master: str | None = None) -> Restored:
    """Bring a curated table back.

    Args:
        lake: the lake.
        table: its declaration.
        to: a version (`3`), a release (`1.2`) or a time (`2026-11-24`, `2026-11-24T08:00+08:00`; without a zone, UTC).
        master: Spark's master.

    Raises:
        UsageError: the table is none that can be restored, or there is no such version, or its files are gone.
        PrivacyRefused: that version would tell of persons by what is declared today.
    """
    if not isinstance(table, Curated):
        raise UsageError(
            f"{table.name} follows its deliveries and is not restored",
            remedy="take the delivery out of the landing zone, or change the declaration and `lakeward replay` it",
        )
    path = lake.table(table.table)
    newest = delta.version_of(path)
    if newest is None:
        raise UsageError(f"{table.table} is not built yet", remedy=f"`lakeward run {table.table}` builds it")
    version = _version(lake, table.table, to, newest)
    if gone := missing(lake, table.table, version):
        raise UsageError(
            f"version {version} of {table.table} is no longer whole: {len(gone)} of its files are gone",
            remedy="its rows lie in the release that was made from it, if one was: `lakeward show` lists releases",
            file=gone[0],
        )
    gate.let_pass(gate.check(lake, table, version))
    began = datetime.now(UTC)
    run_id = runs.new_id(began)
    with writer(lake, f"restore {table.table}", master) as spark:
        note = {
            "inputs": next(delta.notes(path, version), (version, {}))[1].get("inputs", {}),
            "stands_for": input_versions(lake, table),
            "fingerprint": plan_curated(lake, table, {}).fingerprint,
            "rules": held_against(table),
            "run": run_id,
            "restored": version,
        }
        command = f"RESTORE TABLE delta.`{path}` TO VERSION AS OF {version}"
        with delta.in_log(spark, note):
            became = delta.durably(lambda: spark.sql(command), path, step="restore", about=table.table)
        released = publish(lake, table, run_id)["release"]
        rows = delta.rows_of(path) or 0
        said = f"restored to version {version}; it stays until its inputs or its declaration change"
        step = Step(run_id, table.table, "built", began, rows_read=rows, rows_written=rows, warnings=(said,))
        runs.record(lake, replace(step, version_before=newest, version_after=became, release=released))
    return Restored(table.table, version, became, released, rows)


def _version(lake: Lake, table: str, to: str, newest: int) -> int:
    if RELEASE.fullmatch(to):
        told = release.manifests(lake.releases(table))
        made = {each["release"]: int(each["source"]["version"]) for each in told if not each.get("withdrawn")}
        if to not in made:
            raise UsageError(f"{table} has no release {to}", remedy=f"it has {', '.join(made) or 'none yet'}")
        return made[to]
    if to.isdecimal():
        if int(to) > newest:
            raise UsageError(f"{table} has no version {to}", remedy=f"give one from 0 to {newest}")
        return int(to)
    return _at(lake, table, to)


def _at(lake: Lake, table: str, to: str) -> int:
    try:
        when = datetime.fromisoformat(to)
    except ValueError as cause:
        raise UsageError(
            f"{to} is no version, release or time", remedy="give --to 3, --to 1.2 or --to 2026-11-24T08:00"
        ) from cause
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    opened = delta.opened(lake.table(table))
    commits = opened.history() if opened else []
    known = [each["version"] for each in commits if each["timestamp"] <= when.timestamp() * 1000]
    if not known:
        raise UsageError(f"{table} did not exist at {to}", remedy="give a later time, or a version")
    return int(max(known))
