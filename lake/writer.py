"""A session that may write a lake: it holds the lease where one is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lakeward.lake.lease import lease
from lakeward.lake.session import driver_pid, session
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def writer(lake: Lake, what: str, master: str | None = None) -> Iterator[SparkSession]:
    """Hold a lake and give a session to write it with.

    Args:
        lake: the lake.
        what: what is being done, for whoever has to wait.
        master: Spark's master.
    """
    with lease(lake, what) as hold:
        spark = session("lakeward", master=master, store=lake.store)
        hold.tell_jvm(driver_pid(spark))
        yield spark
