"""A Spark that stays up between commands: who keeps one offers its JVM, and commands of the same user go on in it.

An offer is one file of the user's cache with the port and secret of the JVM's gateway. A command that asks for other
settings than the JVM was started with starts one of its own, as if there were no offer.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward import __version__
from lakeward.lake import jars
from lakeward.lake.process import Process

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OWN = ("spark.driver.extraJavaOptions", "spark.sql.warehouse.dir")
"""Settings in which a session that stays up and a command may differ."""
ALIKE = ("PYTHONPATH", "LAKEWARD_JAVA_OPTIONS", "LAKEWARD_JVM")
"""Variables in which they may not."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A JVM that takes commands.

    Args:
        port: of its gateway, on the loopback.
        secret: without which the gateway answers nothing.
        for_whom: version, Python and variables of the commands that it is for.
        jvm: its process.
    """

    port: int
    secret: str
    for_whom: str
    jvm: Process

    @property
    def is_for_this_process(self) -> bool:
        """True where the JVM lives and its Python workers know what this process knows."""
        return self.jvm.is_alive and self.for_whom == _whom()


@contextmanager
def offered(spark: SparkSession, jvm_pid: int) -> Iterator[None]:
    """Offer a session's JVM to commands of this user for the length of the block."""
    gateway = spark.sparkContext._gateway
    assert gateway is not None  # noqa: S101 -- for the type checker
    told = gateway.gateway_parameters
    offer = Offer(told.port, told.auth_token, _whom(), Process.of(jvm_pid))
    place = _place()
    partial = place.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(offer), file)
    partial.replace(place)
    try:
        yield
    finally:
        if newest() == offer:  # else a later session took the place
            place.unlink(missing_ok=True)


def newest() -> Offer | None:
    """Read the offer that stands; None where there is none."""
    try:
        told: dict[str, Any] = json.loads(_place().read_text("utf-8"))
        return Offer(told["port"], told["secret"], told["for_whom"], Process(**told["jvm"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def taken(config: Mapping[str, str]) -> SparkSession | None:
    """Give a session of its own in a JVM that is on offer with these settings; None where there is none."""
    offer = newest()
    if offer is None or not offer.is_for_this_process or "spark.plugins" in config:  # as for a server of its own
        return None
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    gateway = _gateway(offer)
    try:
        jvm = gateway.jvm
        held = jvm.org.apache.spark.sql.classic.SparkSession.getDefaultSession()
        if (
            held.isEmpty()
            or held.get().sparkContext().isStopped()
            or not _is_asked(held.get().sparkContext().getConf(), config)
        ):
            gateway.close()
            return None
        java = jvm.org.apache.spark.api.java.JavaSparkContext(held.get().sparkContext())
    except (Py4JError, OSError):  # it ended meanwhile
        return None
    SparkContext._ensure_initialized(gateway=gateway)
    context = SparkContext(conf=SparkConf(_jconf=java.getConf()), gateway=gateway, jsc=java)
    return SparkSession(context, held.get().newSession())


def _is_asked(conf: Any, config: Mapping[str, str]) -> bool:
    wanted = {name: value for name, value in config.items() if not name.startswith(OWN)}
    return all(conf.get(name, "") == value for name, value in wanted.items())


def _gateway(offer: Offer) -> Any:
    from pyspark.java_gateway import launch_gateway

    known = {"PYSPARK_GATEWAY_PORT": str(offer.port), "PYSPARK_GATEWAY_SECRET": offer.secret}
    os.environ.update(known)
    try:
        return launch_gateway()  # type: ignore[no-untyped-call]
    finally:
        for name in known:  # what this process starts is no part of it
            del os.environ[name]


def _whom() -> str:
    return json.dumps([__version__, sys.executable, *(os.environ.get(name, "") for name in ALIKE)])


def _place() -> Path:
    return jars.jar_folder().parent / "session.json"
