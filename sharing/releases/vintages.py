"""Vintages: a table as it was known on a day, whatever an agency has silently revised since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa

from lakeward.lake import delta, release
from lakeward.lake.audit import missing
from lakeward.lake.errors import UsageError
from lakeward.lake.press import Manifest
from lakeward.lake.storage import Lake
from lakeward.sharing.releases.rows import rows_of


@dataclass(frozen=True, slots=True)
class Vintage:
    """A table as it was known at some time.

    Args:
        table: its full name.
        version: its newest Delta version of that time.
        since: when that version came, UTC.
        release: the release that its rows were read from; empty when they were read from the table itself.
        rows: its rows.
    """

    table: str
    version: int
    since: datetime
    release: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Known:
    """Where the rows lie that a table had at some time.

    Args:
        version: its newest Delta version of that time.
        since: when that version came, UTC.
        release: the manifest of the release that holds its rows, where the version's own files are gone.
    """

    version: int
    since: datetime
    release: Manifest | None = None


def as_known_on(lake: Lake, table: str, when: date | datetime) -> Vintage:
    """Read a table as it was known.

    Args:
        lake: the lake.
        table: its full name (`gold.x`).
        when: a time, in UTC where it has no zone; a day means its end, UTC.

    Raises:
        UsageError: it was not there yet, or neither its files nor a release of that version are kept.
    """
    known = known_on(lake, table, when)
    if known.release is None:
        opened = delta.opened(lake.table(table), known.version)
        if opened is None:
            raise UsageError(f"{table} was taken away meanwhile", remedy="look again")
        return Vintage(table, known.version, known.since, "", opened.to_pyarrow_table())
    return Vintage(table, known.version, known.since, known.release["release"], rows_of(lake, known.release))


def known_on(lake: Lake, table: str, when: date | datetime) -> Known:
    """Find what a table was at some time, without reading its rows; arguments and errors are those of `as_known_on`."""
    moment = _moment(when)
    found = _by_log(lake, table, moment) or _by_releases(lake, table, moment)
    if found is None:
        raise UsageError(f"{table} was not known on {when}", remedy=f"it is known {_since(lake, table)}")
    version, since = found
    if not (lacking := missing(lake, table, version)) and delta.opened(lake.table(table), version):
        return Known(version, since)
    stands = (each for each in release.manifests(lake.releases(table)) if not each.get("withdrawn"))
    kept = next((each for each in stands if _is_of(lake, each, version)), None)
    if kept is None:
        raise UsageError(
            f"the rows that {table} had on {when} (version {version}) are kept no more: {len(lacking)} files are gone",
            remedy="publish what is to be known later, too: versions that a release is made from keep their files",
        )
    return Known(version, since, kept)


def moment_of(text: str) -> date | datetime:
    """Read a day or a time as ISO writes it.

    Raises:
        UsageError: it is neither.
    """
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-01") else datetime.fromisoformat(text)
    except ValueError as cause:
        raise UsageError(f"{text} is no time", remedy="give 2026-03-01 or 2026-03-01T08:00+08:00") from cause


def _moment(when: date | datetime) -> datetime:
    if isinstance(when, datetime):
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return datetime.combine(when + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)


def _by_log(lake: Lake, table: str, moment: datetime) -> tuple[int, datetime] | None:
    opened = delta.opened(lake.table(table))
    commits = [(each["version"], _at(each["timestamp"])) for each in (opened.history() if opened else ())]
    return max((each for each in commits if each[1] <= moment), default=None)


def _by_releases(lake: Lake, table: str, moment: datetime) -> tuple[int, datetime] | None:
    """Find the version by releases, where the log no longer tells so early a time."""
    told = release.manifests(lake.releases(table))
    dated = [(datetime.fromisoformat(each["released_at"]), int(each["source"]["version"])) for each in told]
    found = max((each for each in dated if each[0] <= moment), default=None)
    return (found[1], found[0]) if found else None


def _is_of(lake: Lake, manifest: Manifest, version: int) -> bool:
    held = int(manifest["source"]["version"])
    return held == version or delta.is_same(lake.table(manifest["table"]), *sorted((held, version)))


def _since(lake: Lake, table: str) -> str:
    opened = delta.opened(lake.table(table))
    first = min((_at(each["timestamp"]) for each in (opened.history() if opened else ())), default=None)
    return f"since {first:%Y-%m-%d %H:%M} UTC" if first else "not at all: it is not built yet"


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
