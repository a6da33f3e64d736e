"""What a client asks of a table, read from a body or a query and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lakeward.sharing.server.refusals import invalid, malformed

INT32, INT64 = (1 << 31) - 1, (1 << 63) - 1
DIGITS = 19
POINTS = ("version", "timestamp", "startingVersion")
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Query:
    """The body of a query; what is not given is None, empty or False."""

    sql: tuple[str, ...] = ()
    tree: str | None = None
    limit: int | None = None
    version: int | None = None
    timestamp: int | None = None
    starting_version: int | None = None
    ending_version: int | None = None
    historical_protocol: bool = False
    max_files: int | None = None
    page: str | None = None
    wants_refresh: bool = False
    refresh: str | None = None

    @classmethod
    def read(cls, content: bytes) -> Query:
        """Read a body.

        Raises:
            Refused: it is not JSON, a value has a wrong type, or values exclude each other.
        """
        try:
            told = json.loads(content)
        except (ValueError, RecursionError) as cause:
            raise malformed("the body is not a JSON object: send {} to ask for everything") from cause
        if not isinstance(told, dict):
            raise malformed("the body is not a JSON object: send {} to ask for everything")
        if sum(told.get(name) is not None for name in POINTS) > 1:
            raise invalid("Please only provide one of version, timestamp and startingVersion")
        hints = told.get("predicateHints") or [] if told.get("predicateHints") != {} else {}
        if not isinstance(hints, list) or not all(isinstance(hint, str) for hint in hints):
            raise malformed("predicateHints is a list of texts")
        query = cls(
            sql=tuple(hints),
            tree=_text(told, "jsonPredicateHints"),
            limit=whole(told, "limitHint"),
            version=whole(told, "version"),
            timestamp=instant(told, "timestamp"),
            starting_version=whole(told, "startingVersion"),
            ending_version=whole(told, "endingVersion"),
            historical_protocol=_flag(told, "includeHistoricalProtocol"),
            max_files=whole(told, "maxFiles", least=1, most=INT32),
            page=_text(told, "pageToken") or None,
            wants_refresh=_flag(told, "includeRefreshToken"),
            refresh=_text(told, "refreshToken") or None,
        )
        _text(told, "idempotencyKey")  # of asynchronous queries, which this server answers at once
        query._check()
        return query

    @property
    def of_page(self) -> dict[str, Any]:
        """What must not change from page to page."""
        return {
            "sql": list(self.sql), "tree": self.tree, "limit": self.limit, "version": self.version,
            "timestamp": self.timestamp, "starting": self.starting_version, "ending": self.ending_version,
            "protocol": self.historical_protocol,
        }  # fmt: skip

    def _check(self) -> None:
        given = any(point is not None for point in (self.version, self.timestamp, self.starting_version))
        if given and (self.wants_refresh or self.refresh):
            raise invalid("a refresh token belongs to a query of the newest version")
        if self.page and (self.wants_refresh or self.refresh):
            raise invalid("a refresh token belongs to the first page")
        if self.ending_version is not None and self.starting_version is None:
            raise invalid("endingVersion is asked for together with startingVersion")
        _in_order(self.starting_version, self.ending_version)


@dataclass(frozen=True, slots=True)
class Changes:
    """The query of a request for changes."""

    starting_version: int | None
    starting_timestamp: int | None
    ending_version: int | None
    ending_timestamp: int | None
    historical_metadata: bool
    historical_protocol: bool
    max_files: int | None
    page: str | None

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Changes:
        """Read a query.

        Raises:
            Refused: a value cannot be read, the start is missing, or values exclude each other.
        """
        changes = cls(
            whole(told, "startingVersion"),
            instant(told, "startingTimestamp"),
            whole(told, "endingVersion"),
            instant(told, "endingTimestamp"),
            told.get("includeHistoricalMetadata", "").lower() == "true",
            told.get("includeHistoricalProtocol", "").lower() == "true",
            whole(told, "maxFiles", least=1, most=INT32),
            told.get("pageToken") or None,
        )
        if (changes.starting_version is None) == (changes.starting_timestamp is None):
            raise invalid("one of startingVersion and startingTimestamp must be given")
        if changes.ending_version is not None and changes.ending_timestamp is not None:
            raise invalid("only one of endingVersion and endingTimestamp can be given")
        _in_order(changes.starting_version, changes.ending_version)
        return changes

    @property
    def of_page(self) -> list[Any]:
        """What must not change from page to page."""
        return [
            self.starting_version, self.starting_timestamp, self.ending_version, self.ending_timestamp,
            self.historical_metadata, self.historical_protocol,
        ]  # fmt: skip


def whole(told: Mapping[str, Any], name: str, *, least: int = 0, most: int = INT64) -> int | None:
    """Read a whole number, which may also be written as a text.

    Raises:
        Refused: it is none, or out of its range.
    """
    value = told.get(name)
    if value is None:
        return None
    if (
        isinstance(value, str)
        and value.lstrip("-").isascii()
        and value.lstrip("-").isdecimal()
        and len(value) <= DIGITS
    ):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(f"{name} is a whole number")
    if not least <= value <= most:
        raise invalid(f"{name} lies between {least} and {most}")
    return value


def instant(told: Mapping[str, Any], name: str) -> int | None:
    """Read a time, as milliseconds since 1970.

    Raises:
        Refused: it is none, or does not tell its zone.
    """
    value = told.get(name)
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)
        if when.tzinfo is None:
            raise ValueError("no zone")
        return round((when - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    except (ValueError, TypeError, OverflowError) as cause:
        told_of = str(value)[:SHOWN]
        raise invalid(f"Invalid {name}: {told_of} is no time such as 2026-11-25T00:00:00Z") from cause


def _in_order(start: int | None, last: int | None) -> None:
    if start is not None and last is not None and start > last:
        raise invalid(f"the range ends at version {last}, before it starts at {start}")


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise malformed(f"{name} is a text")
    return value


def _flag(told: Mapping[str, Any], name: str) -> bool:
    value = told.get(name)
    if value is not None and not isinstance(value, bool):
        raise malformed(f"{name} is true or false")
    return bool(value)
