"""The driver's Java machine: how it is started, kept quiet, made quick, and given JARs when it is already up."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from lakeward.lake import functions, jars
from lakeward.lake.errors import LakewardError

# How it compiles and collects; benchmarks/session.py measures them.
PROFILES = {
    # A small first heap is collected again and again while it grows.
    "quick": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC -XX:InitialRAMPercentage=8",
    # Of a run's many thousand methods only those that are called for each row are worth compiling twice.
    "steady": (
        "-XX:+UseParallelGC -XX:Tier4InvocationThreshold=100000 -XX:Tier4MinInvocationThreshold=20000 "
        "-XX:Tier4CompileThreshold=300000 -XX:Tier4BackEdgeThreshold=800000"
    ),
}

_LOG4J = """\
rootLogger.level = error
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
logger.lineage.name = io.openlineage
logger.lineage.level = off
logger.task.name = org.apache.spark.executor.Executor
logger.task.level = off
logger.tasks.name = org.apache.spark.scheduler.TaskSetManager
logger.tasks.level = off
logger.writer.name = org.apache.spark.sql.delta.files.DeltaFileFormatWriter
logger.writer.level = off
logger.aborted.name = org.apache.spark.util.Utils
logger.aborted.level = off
"""
# The last four tell each failed task with its whole stack, though the query that it fails raises the same: an agency's
# file that breaks off in its middle would be 190 lines of Java before the line that says what to do.

_NOISE = (  # nothing can turn them off
    b"WARNING: Using incubator modules",  # Spark asks for the module itself
    b"Warning: Java versions > Java 11 can only operate in restricted mode",  # its sketches of quantiles
)
LOG_STORE = "log store"
FUNCTIONS = "functions"
_KNOWN_BY = {
    FUNCTIONS: functions.CLASS,
    LOG_STORE: "io.lakeward.ConditionalLogStore",
    jars.DELTA: "io.delta.sql.DeltaSparkSessionExtension",
    jars.LINEAGE: "io.openlineage.spark.agent.OpenLineageSparkListener",
    jars.S3A: "org.apache.hadoop.fs.s3a.S3AFileSystem",
}
_DUMP = "-XX:ArchiveClassesAtExit"


def options(profile: str, more: str = "", *, is_ours: bool = True) -> str:
    """Give the options of a new driver: a profile and the caller's own; the quiet log and the class-data archive where
    we start it, and not `spark-submit`, which has another class path and maybe another machine.
    """
    chosen = [PROFILES[profile], "-Duser.timezone=UTC", more]
    if not is_ours:
        return " ".join(filter(None, chosen))
    if log4j := _log4j_file():
        chosen.append(shlex.quote(f"-Dlog4j2.configurationFile={log4j.as_uri()}"))
    archive = archive_path()
    if archive and archive.is_file() and _DUMP not in more:
        # An archive that does not fit is passed over; without -Xlog the JVM would say so on standard output.
        chosen += [shlex.quote(f"-XX:SharedArchiveFile={archive}"), "-Xshare:auto"]
        chosen += ["-Xlog:disable", "-Xlog:all=error:stderr"]
    return " ".join(filter(None, chosen))


def dump_option(archive: Path) -> str:
    """Give the option that makes a driver write its class-data archive when it exits."""
    return shlex.quote(f"{_DUMP}={archive}")


def archive_path() -> Path | None:
    """Name the class-data archive that fits this Java, this PySpark and these JARs; None without a Java."""
    if (program := jars.java()) is None:
        return None
    home, spark = Path(program).resolve().parent.parent, jars.spark_home()
    release = home / "release"
    told = release.read_text(encoding="utf-8", errors="replace") if release.is_file() else str(home)
    version = next((line[14:-1] for line in told.splitlines() if line.startswith("JAVA_VERSION=")), "unknown")
    # The JVM itself compares size and time of every JAR, so a copied or reinstalled one asks for a new archive.
    ours = [jars.jar_folder() / jar.file for name in (jars.DELTA, jars.LINEAGE) for jar in jars.jars(name)]
    files = [*ours, functions.JAR.place, *sorted((spark / "jars").glob("*.jar"))]
    stats = [(path, path.stat()) for path in files if path.is_file()]
    content = _short([told, *(f"{path.name} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)])
    pyspark = next((path.stem.rpartition("-")[2] for path in files if path.name.startswith("spark-core_")), "unknown")
    name = f"classes-java{version}-pyspark{pyspark}-{_short([str(spark)])}-{content}.jsa"
    return jars.jar_folder() / name


def launch(config: Mapping[str, str]) -> None:
    """Start the driver's JVM as PySpark does, and pass on what it says on standard error, less one known line.

    Raises:
        LakewardError: it ended at once, mostly for an option it does not know or memory it does not get.
    """
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    reader, writer = os.pipe()
    threading.Thread(target=_relay, args=(reader,), name="lakeward-jvm-stderr", daemon=True).start()
    try:
        conf = SparkConf(loadDefaults=False).setAll(list(config.items()))
        gateway = launch_gateway(conf, {"stderr": writer})  # type: ignore[no-untyped-call]
    except PySparkRuntimeError as cause:
        raise LakewardError(
            "Java ended before Spark was up",
            remedy="read what it said above; try without LAKEWARD_JAVA_OPTIONS, with less LAKEWARD_DRIVER_MEMORY",
            options=config.get("spark.driver.extraJavaOptions"),
        ) from cause
    finally:
        os.close(writer)
    SparkContext._ensure_initialized(gateway=gateway)


def end(within_s: float = 10.0) -> None:
    """End the driver's JVM, if this process started one, and wait until it is gone."""
    from pyspark import SparkContext

    process = getattr(SparkContext._gateway, "proc", None)
    if process is None:
        return
    process.stdin.close()  # it lives no longer than that
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def has(jar_set: str) -> bool:
    """Say whether a JVM that is already up knows a set's classes, as after `spark-submit --jars`."""
    from py4j.protocol import Py4JJavaError
    from pyspark import SparkContext

    SparkContext._ensure_initialized()
    jvm = SparkContext._jvm
    assert jvm is not None  # noqa: S101 -- for the type checker
    try:
        jvm.java.lang.Thread.currentThread().getContextClassLoader().loadClass(_KNOWN_BY[jar_set])
    except Py4JJavaError:
        return False
    return True


def adopt(files: Sequence[Path]) -> Mapping[str, str]:
    """Add JARs to a JVM that is already up, before its SparkContext, and give the settings it was started with.

    Under `spark-submit`, or after an earlier session, the class path is fixed; Spark's class loader takes more.
    """
    from pyspark import SparkConf, SparkContext

    SparkContext._ensure_initialized()
    jvm = SparkContext._jvm
    assert jvm is not None  # noqa: S101 -- for the type checker
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    for path in files:
        loader.addURL(jvm.java.net.URI(path.as_uri()).toURL())
    return dict(SparkConf().getAll())


def hush(level: str) -> None:
    """Set the log level of a JVM that is already up, before its SparkContext has said anything."""
    from pyspark import SparkContext

    jvm = SparkContext._jvm
    assert jvm is not None  # noqa: S101 -- for the type checker
    jvm.org.apache.spark.SparkConf().log()  # Spark loads its own log profile at the first use, over any level set
    jvm.org.apache.spark.util.Utils.setLogLevel(jvm.org.apache.logging.log4j.Level.toLevel(level))


def _relay(reader: int) -> None:
    with os.fdopen(reader, "rb") as lines:
        for line in lines:
            if not line.startswith(_NOISE):
                os.write(2, line)


def _log4j_file() -> Path | None:
    path = jars.jar_folder() / f"log4j2-{_short([_LOG4J])}.properties"
    try:
        if not path.is_file():
            path.write_text(_LOG4J, encoding="utf-8")
    except OSError:  # a cache that others own: only more talk on the console
        return None
    return path


def _short(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
