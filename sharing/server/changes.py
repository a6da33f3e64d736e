"""Answers about what changed in a table between two versions: rows by its change feed, or files by its log."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lakeward.sharing.server import asked as forms
from lakeward.sharing.server import lines
from lakeward.sharing.server.answers import PAGE_FILES, Answer, Asking, missing
from lakeward.sharing.server.lines import Line
from lakeward.sharing.server.pages import PAGE_SECONDS
from lakeward.sharing.server.refusals import gone, invalid
from lakeward.sharing.server.snapshot import Action, Snapshot
from lakeward.sharing.server.urls import SECONDS

FILES = ("add", "cdc", "remove")
MERGED_ROWS = ("numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted")


@dataclass(frozen=True, slots=True)
class Range:
    """Versions, both ends among them.

    Args:
        start: the first.
        stop: the last.
        newest: the table's newest when the first page was asked for.
        skip: so many lines were on earlier pages.
    """

    start: int
    stop: int
    newest: int
    skip: int = 0


def row_changes(asking: Asking, asked: forms.Changes) -> Answer:
    """Answer how rows changed: `add`, `cdf` and `remove` lines, each with its version and time.

    Raises:
        Refused: a version of the range did not record its changes, or they are kept no longer.
    """
    wanted = _range(asking, asked)
    first = asking.snapshot(wanted.start)
    table = first if asked.historical_metadata else asking.snapshot(wanted.newest)
    _fed(asking, first, wanted)
    told = _Told(asking, wanted, asked.historical_metadata, asked.historical_protocol)
    about = [asking.table, replace(asked, page=None, max_files=None).of_page]
    return told.answer(table, about, asked.max_files, table.version)


def files_since(asking: Asking, asked: forms.Query) -> Answer:
    """Answer which files came and went from a version on, with each change of the table's metadata."""
    start = int(asked.starting_version or 0)
    about = [asking.table, replace(asked, page=None).of_page]
    if asked.page:
        wanted = Range(**asking.seal.opened("page", about, asked.page))
    else:
        newest = asking.newest()
        _in_reach(start, asked.ending_version, newest)
        wanted = Range(start, newest if asked.ending_version is None else asked.ending_version, newest)
    told = _Told(asking, wanted, True, asked.historical_protocol, is_feed=False)
    return told.answer(asking.snapshot(start), about, asked.max_files, start)


def _range(asking: Asking, asked: forms.Changes) -> Range:
    if asked.page:
        about = [asking.table, replace(asked, page=None, max_files=None).of_page]
        return Range(**asking.seal.opened("page", about, asked.page))
    newest = asking.newest()
    start, stop = asked.starting_version, asked.ending_version
    if start is None:
        start = asking.since(int(asked.starting_timestamp or 0))
        if start == asking.log.oldest():  # what came before it may be missing
            asking.at(int(asked.starting_timestamp or 0))
    if asked.ending_timestamp is not None:
        stop = asking.at(asked.ending_timestamp)
    _in_reach(start, stop, newest)
    return Range(start, newest if stop is None else stop, newest)


def _in_reach(start: int, stop: int | None, newest: int) -> None:
    if start > newest or (stop is not None and stop > newest):
        raise invalid(f"the range goes beyond the table's newest version, which is {newest}")
    if stop is not None and stop < start:
        raise invalid(f"the range ends at version {stop}, before it starts at {start}")


def _fed(asking: Asking, first: Snapshot, wanted: Range) -> None:
    """Refuse a range in which changes were not recorded, and say from which version on they are."""
    holes = [] if first.has_feed else [first.version]
    since = first.version if first.has_feed else None
    for version in range(wanted.start + 1, wanted.newest + 1):
        told = next((each["metaData"] for each in _commit(asking, version) if "metaData" in each), None)
        if told is None:
            continue
        has_feed = Snapshot(version, {}, told, ()).has_feed
        since = None if not has_feed else version if since is None else since
        if not has_feed and version <= wanted.stop:
            holes.append(version)
    if holes:
        there = "they are not recorded now" if since is None else f"they are from version {since} on"
        raise invalid(f"cdf is not enabled on table {asking.table} at version {holes[0]}: {there}")


def _commit(asking: Asking, version: int) -> list[Action]:
    if version in asking.log.withdrawn:
        raise gone(f"version {version} was withdrawn by who published it: begin after it")
    try:
        return asking.log.commit(version)
    except FileNotFoundError as cause:
        oldest = asking.log.oldest()
        raise gone(f"changes of version {version} are kept no longer: begin at version {oldest} or later") from cause


@dataclass(frozen=True, slots=True)
class _Told:
    asking: Asking
    wanted: Range
    with_metadata: bool
    with_protocol: bool
    is_feed: bool = True

    def answer(self, table: Snapshot, about: Any, most: int | None, version: int) -> Answer:
        client, wanted = self.asking.client, self.wanted
        form = client.format_for(table)
        self.asking.hold(max(wanted.start - 1, 0), wanted.stop, int(time.time()) + SECONDS)
        numbered = version if self.with_protocol else None
        head = [lines.protocol(table, form, numbered), lines.metadata(table, form, version)]
        body: list[Line | str] = []
        files, following = 0, None
        limit = None if most is None else min(most, PAGE_FILES)
        for number, line in enumerate(self._lines(form)):
            if number < wanted.skip:
                continue
            if limit is not None and files == limit and isinstance(line, Line):
                told = {"start": wanted.start, "stop": wanted.stop, "newest": wanted.newest, "skip": number}
                following = self.asking.seal.token("page", about, PAGE_SECONDS, **told)
                break
            body.append(line)
            files += isinstance(line, Line)
        text, count = self.asking.given(head, body, nextPageToken=following)
        return Answer(wanted.start, form, text, count, client.answered(form))

    def _lines(self, form: str) -> Iterator[Line | str]:
        times = self.asking.log.times()
        for version in range(self.wanted.start, self.wanted.stop + 1):
            actions = _commit(self.asking, version)
            if version > self.wanted.start:
                yield from self._history(actions, version, form)
            files = [(kind, each[kind]) for each in actions for kind in FILES if kind in each]
            told = _of_feed(actions, files) if self.is_feed else _of_log(files)
            missing(self.asking, (file for _, file in told), version)
            numbers = {"version": version, "timestamp": times[version]}
            for kind, file in told:
                yield lines.file(kind, file, form, self.asking.client.scheme, numbers)

    def _history(self, actions: Sequence[Action], version: int, form: str) -> Iterator[str]:
        for action in actions:
            table = Snapshot(version, action.get("protocol", {}), action.get("metaData", {}), ())
            if "metaData" in action and self.with_metadata:
                yield lines.metadata(table, form, version)
            if "protocol" in action and self.with_protocol and form != "parquet":
                yield lines.protocol(table, form, version)


def _of_feed(actions: Sequence[Action], files: Sequence[tuple[str, Action]]) -> list[tuple[str, Action]]:
    """Choose what tells a commit's changes: its change files where it has any, else the files it added and removed."""
    if recorded := [each for each in files if each[0] == "cdc"]:
        return recorded
    told: Action = next((each["commitInfo"] for each in actions if "commitInfo" in each), {})
    counted = told.get("operationMetrics") or {}
    if told.get("operation") == "MERGE" and all(str(counted.get(name)) == "0" for name in MERGED_ROWS):
        return []
    return _of_log(files)


def _of_log(files: Sequence[tuple[str, Action]]) -> list[tuple[str, Action]]:
    return [(kind, file) for kind, file in files if kind != "cdc" and file.get("dataChange", True)]
