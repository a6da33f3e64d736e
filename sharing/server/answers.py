"""Answers about one table: its version, its metadata and the files that a query is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from lakeward.sharing.server import lines
from lakeward.sharing.server.asked import Query
from lakeward.sharing.server.capabilities import Capabilities
from lakeward.sharing.server.hints import hints
from lakeward.sharing.server.lines import Line
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.pages import PAGE_SECONDS, REFRESH_SECONDS, Seal
from lakeward.sharing.server.refusals import Refused, gone, invalid, unknown
from lakeward.sharing.server.snapshot import Action, Snapshot
from lakeward.sharing.server.urls import SECONDS, Sign, name_of

PAGE_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is told.

    Args:
        version: of the table, for the header.
        form: the format of the lines; empty where there are none.
        body: the lines.
        files: how many files it gives addresses of.
        headers: more headers.
    """

    version: int
    form: str = ""
    body: bytes = b""
    files: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request for a table.

    Args:
        log: the table's.
        client: what it can read.
        seal: signs tokens of pages; they are bound to `table`.
        table: the table's name as a recipient writes it, in lower case.
        signing: makes what signs addresses until a time, in seconds since 1970.
        hold: keeps the files of all versions from one to another until a time, before addresses of them are given.
    """

    log: Log
    client: Capabilities
    seal: Seal
    table: str
    signing: Callable[[int], Sign]
    hold: Callable[[int, int, int], None]

    def newest(self) -> int:
        """Give the newest version.

        Raises:
            Refused: the table is not built.
        """
        version = self.log.newest()
        if version is None:
            raise unknown()
        return version

    def snapshot(self, version: int) -> Snapshot:
        """Give the table at a version.

        Raises:
            Refused: there is no such version, or none any more.
        """
        newest = self.newest()
        if version > newest:
            raise invalid(f"the table's newest version is {newest}")
        if version in self.log.withdrawn:
            raise gone(f"version {version} was withdrawn by who published it: ask for another")
        try:
            return self.log.snapshot(version)
        except FileNotFoundError as cause:
            raise gone(f"version {version} is kept no longer; the oldest that may be is {self.log.oldest()}") from cause

    def at(self, when: int) -> int:
        """Give the version that was the newest at a time, in milliseconds since 1970.

        Raises:
            Refused: the table is younger, or the time is later than its newest version.
        """
        self.newest()
        times = self.log.times()
        if when > max(times.values()):
            raise too_late(when, times)
        if when < min(times.values()):
            raise too_early(when, times)
        return max(version for version, came in times.items() if came <= when)

    def since(self, when: int) -> int:
        """Give the first version that came at a time or later.

        Raises:
            Refused: the time is later than the newest version.
        """
        self.newest()
        times = self.log.times()
        later = [version for version, came in times.items() if came >= when]
        if not later:
            raise too_late(when, times)
        return min(later)

    def given(self, head: Iterable[str], body: Iterable[Line | str], **end: str | None) -> tuple[bytes, int]:
        """Sign and put together the lines of an answer.

        Args:
            head: the lines that it begins with.
            body: files, and whole lines among them.
            end: what its last line tells besides when addresses end; without any, the line is there if it is wanted.
        """
        until = int(time.time()) + SECONDS
        sign, ends, files = self.signing(until), str(until * 1000), 0
        told = list(head)
        for line in body:
            if isinstance(line, Line):
                files += 1
                told.append(line.text(sign, ends))
            else:
                told.append(line)
        if self.client.wants_end or any(end.values()):
            told.append(lines.end(**end, minUrlExpirationTimestamp=until * 1000 if files else None))
        return "".join(told).encode(), files


def too_early(when: int, times: Mapping[int, int]) -> Refused:
    """Refuse a time before all that is kept, in the words of the reference server."""
    first = _written(min(times.values()))
    told = f"{_written(when)} is before the earliest available version"
    return invalid(f"{told}. Please use a timestamp greater than or equal to {first}")


def too_late(when: int, times: Mapping[int, int]) -> Refused:
    """Refuse a time after all that there is."""
    last = _written(max(times.values()))
    return invalid(
        f"{_written(when)} is after the latest available version. Please use a timestamp less than or equal to {last}"
    )


def _written(when: int) -> str:
    told = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=when)
    return told.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when % 1000:03}Z"


def metadata(asking: Asking, version: int | None, when: int | None) -> Answer:
    """Answer what the table is."""
    if version is not None and when is not None:
        raise invalid("Please only provide one of version and timestamp")
    is_old = version is not None or when is not None
    version = asking.at(when) if when is not None else asking.newest() if version is None else version
    table = asking.snapshot(version)
    form = asking.client.format_for(table)
    head = [lines.protocol(table, form), lines.metadata(table, form, version if is_old else None)]
    body, _ = asking.given(head, ())
    return Answer(version, form, body, headers=asking.client.answered(form))


def query(asking: Asking, asked: Query) -> Answer:
    """Answer which files a table is made of at one version, as far as they may hold what is looked for."""
    table, start = _asked_for(asking, asked)
    version = table.version
    is_old = asked.version is not None or asked.timestamp is not None
    form = asking.client.format_for(table)
    chosen = hints(table, asked.sql, asked.tree)
    files = chosen.kept(table, asking.log.memory, asked.limit)
    page, following = _page(asking, asked, version, files, start)
    told = {"version": version, "timestamp": asking.log.times()[version]} if is_old else {}
    _kept(asking, table, page)
    head = [lines.protocol(table, form), lines.metadata(table, form, version if is_old else None)]
    refresh = (
        asking.seal.token("refresh", asking.table, REFRESH_SECONDS, version=version) if asked.wants_refresh else None
    )
    prepared = _prepared(asking, table, form, tuple(told.values()))
    body, count = asking.given(head, (prepared(file) for file in page), nextPageToken=following, refreshToken=refresh)
    return Answer(version, form, body, count, asking.client.answered(form))


def _asked_for(asking: Asking, asked: Query) -> tuple[Snapshot, int]:
    """Give the table as it is asked for, and the file that the page begins with."""
    if asked.page:
        told = asking.seal.opened("page", [asking.table, asked.of_page], asked.page)
        return asking.snapshot(told["version"]), told["start"]
    if asked.refresh:
        return asking.snapshot(asking.seal.opened("refresh", asking.table, asked.refresh)["version"]), 0
    if asked.timestamp is not None:
        return asking.snapshot(asking.at(asked.timestamp)), 0
    return asking.snapshot(asking.newest() if asked.version is None else asked.version), 0


def _page(
    asking: Asking, asked: Query, version: int, files: Sequence[Action], start: int
) -> tuple[Sequence[Action], str | None]:
    if asked.max_files is None:
        return files[start:], None
    stop = start + min(asked.max_files, PAGE_FILES)
    if stop >= len(files):
        return files[start:], None
    about = [asking.table, replace(asked, page=None).of_page]
    return files[start:stop], asking.seal.token("page", about, PAGE_SECONDS, version=version, start=stop)


def _kept(asking: Asking, table: Snapshot, files: Sequence[Action]) -> None:
    """Hold a version while its addresses are good; of an older one, say now if files are gone."""
    asking.hold(table.version, table.version, int(time.time()) + SECONDS)
    if table.version != asking.newest():
        missing(asking, files, table.version)


def missing(asking: Asking, files: Iterable[Action], version: int) -> None:
    """Refuse files that are not there any more.

    Raises:
        Refused: one is gone.
    """
    for file in files:
        if not (asking.log.path / name_of(file["path"])).is_file():
            raise gone(f"files of version {version} are kept no longer: ask for a later version")


def _prepared(asking: Asking, table: Snapshot, form: str, told: tuple[int, ...]) -> Callable[[Action], Line]:
    """Prepare the lines of a snapshot's files once, since most requests are for the same."""
    scheme, more = asking.client.scheme, dict(zip(("version", "timestamp"), told, strict=False))

    def work() -> tuple[dict[int, Line], int]:
        made = {id(file): lines.file("file", file, form, scheme, more) for file in table.files}
        return made, sum(map(lines.size, made.values()))

    made = asking.log.memory.worked(table, ("lines", form, scheme, told), work)
    return lambda file: made[id(file)]
