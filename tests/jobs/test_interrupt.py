"""Ctrl-C: Spark is stopped, so that what runs fails at once, and nothing more begins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import cast

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.interruption import stopped_at_once


class Stopping:
    """Stands for a session; a job waits until it is stopped."""

    def __init__(self) -> None:
        self.begun, self.stopped, self.sparkContext = Event(), Event(), self

    def setLogLevel(self, level: str) -> None:
        assert level == "OFF"

    def stop(self) -> None:
        self.stopped.set()

    def job(self) -> bool:
        self.begun.set()
        return self.stopped.wait(20)


def test_an_interruption_ends_what_runs_and_begins_nothing_more() -> None:
    spark = Stopping()
    with ThreadPoolExecutor(1) as pool:
        running, waiting = pool.submit(spark.job), pool.submit(spark.job)
        spark.begun.wait(20)

        with pytest.raises(KeyboardInterrupt), stopped_at_once(pool, cast(SparkSession, spark)):
            raise KeyboardInterrupt

    assert running.result() and waiting.cancelled()
