"""Ctrl-C: Spark is stopped, so that what runs fails at once, and nothing more begins."""

from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import cast

import pytest
from py4j.java_gateway import GatewayClient, GatewayParameters
from py4j.protocol import ERROR
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


def _hang_up(ending: socket.socket) -> None:
    ending.accept()[0].close()


def test_a_call_that_lost_its_jvm_in_an_interruption_tells_no_stack(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ending:
        client = GatewayClient(gateway_parameters=GatewayParameters(port=ending.getsockname()[1]))
        Thread(target=_hang_up, args=(ending,)).start()

        with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt), stopped_at_once(pool, None):
            raise KeyboardInterrupt
        answer = client.send_command("a call\n", retry=False)
    logging.getLogger().error("another's")

    assert answer == ERROR and [record.message for record in caplog.records] == ["another's"]
