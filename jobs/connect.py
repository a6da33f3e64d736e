"""A Spark that stays up: for notebooks a Spark Connect server that knows a lake's tables, for commands a warm JVM."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakeward.jobs.interruption import is_gone
from lakeward.lake import delta, jvm, warm
from lakeward.lake.errors import UsageError
from lakeward.lake.session import driver_pid, session, settings
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TOKEN = "SPARK_CONNECT_AUTHENTICATE_TOKEN"  # noqa: S105 -- a variable's name, as Spark calls it
SERVICE = "org.apache.spark.sql.connect.service.SparkConnectService$"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Served:
    """A session that stays up.

    Args:
        address: for `SparkSession.builder.remote`.
        tables: the names of the tables there.
    """

    address: str
    tables: list[str]
    _spark: SparkSession

    def wait(self) -> None:
        """Wait until Spark ends: a command that was interrupted stops it, so that nothing of it goes on."""
        while not is_gone(self._spark):
            time.sleep(1)


@contextmanager
def served(lake: Lake, tables: Iterable[str], *, port: int, master: str | None = None) -> Iterator[Served]:
    """Serve a lake to notebooks, and offer the JVM to commands of this user, for the length of the block.

    Whoever has the address may run anything as this user, so it holds a token: the one in the environment, else a
    random one. The token goes to Spark by its environment, never on a command line.

    Args:
        lake: the lake.
        tables: full names (`gold.x`, `silver.police.x`); those that are not built are passed over.
        port: a port of the loopback; 0 for any that is free.
        master: Spark's master.

    Raises:
        UsageError: the port is taken.
    """
    _prove_free(port)
    token = os.environ.setdefault(TOKEN, secrets.token_urlsafe(16))
    conf = {
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(port),
    }
    try:
        is_local = settings(master=master).is_local
        spark = session("lakeward session", master=master, store=lake.store, conf=conf, is_long=True)
        service = getattr(getattr(spark._jvm, SERVICE), "MODULE$")
        named = [_named(spark, lake, table) for table in tables if delta.version_of(lake.table(table)) is not None]
        pid = driver_pid(spark)
        with warm.offered(spark, pid) if pid and is_local else nullcontext():
            # By this name and no other PySpark sends a token without TLS.
            yield Served(f"sc://localhost:{service.localPort()}/;token={token}", named, spark)
    finally:
        jvm.end()


def _named(spark: SparkSession, lake: Lake, table: str) -> str:
    """Make a table known to all sessions: `gold.x` as it is, `silver.police.x` as `police.x`: Spark takes two parts."""
    name = table.removeprefix("silver.")
    spark.sql(f"CREATE DATABASE IF NOT EXISTS `{name.partition('.')[0]}`")
    spark.sql(f"CREATE TABLE {name} USING delta LOCATION '{lake.table(table)}'")
    return name


def _prove_free(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as cause:
            raise UsageError(f"port {port} cannot be had: {cause.strerror}", remedy="give another --port") from cause
