"""Who asked for what: every request as a row of the Delta table `_audit`, written by and by in batches.

Rows are kept in memory until there are many or some time has passed, and are all written when the server stops. When
they cannot be written, nothing is served any more before many are lost.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Condition, Thread
from typing import Any

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake

TABLE = Records(
    "_audit",
    "audit",
    {
        "at": pa.timestamp("us", "UTC"), "recipient": pa.string(), "address": pa.string(), "client": pa.string(),
        "action": pa.string(), "share": pa.string(), "schema": pa.string(), "table_name": pa.string(),
        "version": pa.int64(), "status": pa.int32(), "files": pa.int64(), "bytes": pa.int64(), "took_ms": pa.int64(),
        "error": pa.string(),
    },
)  # fmt: skip
SECONDS, ROWS, MOST = 60.0, 10_000, 100_000
log = logging.getLogger("lakeward.share")


class Journal:
    """Collects rows and writes them.

    Args:
        lake: the lake.
        seconds: how long rows may wait.
    """

    def __init__(self, lake: Lake, seconds: float = SECONDS) -> None:
        self._lake, self._seconds = lake, seconds
        self._rows: list[Mapping[str, Any]] = []
        self._changed = Condition()
        self._is_open = True
        self._writer = Thread(target=self._write_on, name="journal", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._writer.start()

    @property
    def is_full(self) -> bool:
        """True when rows can be written no more, and too many wait."""
        return len(self._rows) >= MOST

    def add(self, **row: Any) -> None:
        """Take a row."""
        with self._changed:
            self._rows.append({"at": datetime.now(UTC), **row})
            if len(self._rows) >= ROWS:
                self._changed.notify()

    def close(self) -> None:
        """Write what waits, and stop."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._writer.join()
        self.flush()

    def flush(self) -> None:
        """Write what waits now."""
        with self._changed:
            rows, self._rows = self._rows, []
        try:
            TABLE.add(self._lake, rows)
        except Exception:  # whatever it is, no row is lost for it
            log.exception("the audit log cannot be written; %d rows wait", len(rows))
            with self._changed:
                self._rows = [*rows, *self._rows]

    def _write_on(self) -> None:
        while self._is_open:
            with self._changed:
                self._changed.wait(self._seconds)
            if self._rows and self._is_open:
                self.flush()
