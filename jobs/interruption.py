"""What becomes of a run that is told to end, by Ctrl-C or SIGTERM, or whose Spark is ended by others."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import jvm, leftovers
from lakeward.lake.errors import TryAgainLater
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkGone(TryAgainLater):
    """Spark was stopped: its process was killed, a cluster's master took the application away, or its heap was full."""

    def __init__(self) -> None:
        super().__init__(
            "Spark was stopped from outside, or had no memory left",
            remedy="run again; what was committed stays. Where Java said OutOfMemoryError, give it more memory, as by "
            "LAKEWARD_DRIVER_MEMORY=4g",
        )


ENDS = (KeyboardInterrupt, SystemExit, SparkGone)
"""What ends a run before its time."""


def _is_news(record: logging.LogRecord) -> bool:
    """Pass over what py4j logs, with its whole stack, of a call that was under way when the JVM ended."""
    return Path(record.pathname).parent.name != "py4j"


@contextmanager
def stopped_at_once(pool: ThreadPoolExecutor, spark: SparkSession | None) -> Iterator[None]:
    """When the run is to end, let steps that run fail and none begin: a commit is whole or was not made."""
    try:
        yield
    except ENDS:
        logging.getLogger().addFilter(_is_news)  # steps in other threads may outlive this function
        pool.shutdown(wait=False, cancel_futures=True)
        if spark is not None:
            with suppress(Exception):  # its process may have got the same signal
                spark.sparkContext.setLogLevel("OFF")  # each job that is cut short would tell its whole stack
                spark.stop()
        raise


@contextmanager
def tidied(lake: Lake, tables: Iterable[str]) -> Iterator[None]:
    """When the run is to end, leave neither a process nor half a write behind; call it with the lease held.

    Args:
        lake: the lake.
        tables: by full name, those that the run may write.
    """
    began = time.time()
    try:
        yield
    except ENDS:
        jvm.end()
        leftovers.sweep(lake, tables, began)
        raise


def is_gone(spark: SparkSession | None) -> bool:
    """Say whether Spark was stopped, or its process is no more."""
    if spark is None:
        return False
    try:
        return bool(spark.sparkContext._jsc.sc().isStopped())
    except Exception:  # py4j has several for a process that is not there
        return True
