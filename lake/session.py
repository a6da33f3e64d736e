"""The one way to a Spark session: settings, JARs, a quiet and fast start, on a laptop or under `spark-submit`."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import functions, jars, jvm, logstore, lookups, package, warm
from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.store import DISK, Store

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NO = ("0", "false", "no")
LOG_LEVELS = ("ALL", "DEBUG", "ERROR", "FATAL", "INFO", "OFF", "TRACE", "WARN")
_ALWAYS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    functions.CATALOG: functions.CLASS,
    "spark.sql.catalogImplementation": "in-memory",  # no metastore, so no derby.log in the working folder
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Plain Python functions by way of Arrow wait for ever on the rows of a Parquet file (PySpark 4.2.0, pyarrow 26).
    "spark.sql.execution.pythonUDF.arrow.enabled": "false",
    "spark.sql.parquet.compression.codec": "zstd",
    # Spark's own way, of 96 bits, has no statistics, and readers without Spark take it for nanoseconds: until 2262.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.hadoop.parquet.page.write-checksum.enabled": "true",
    "spark.hadoop.parquet.page.verify-checksum.enabled": "true",  # off by default: a flipped bit reads as a value
    "spark.sql.maxConcurrentOutputFileWriters": "64",  # a write partitioned by a column need not sort first
    "spark.databricks.delta.snapshotPartitions": "2",  # 50 by default: seconds a table for logs of a few files
    "spark.databricks.delta.properties.defaults.enableInCommitTimestamps": "true",  # file times lie after a copy
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "false",  # readers without a JVM
    "spark.databricks.delta.vacuum.parallelDelete.enabled": "true",
    # Typed rows wait in memory, or on disk, until they are written. What sorts and groups them may push them out of
    # memory, and reads back what it spilled without 2 MB more for each spill: 104 M rows of keys ended a heap of 2 GB.
    "spark.memory.storageFraction": "0.1",
    "spark.unsafe.sorter.spill.read.ahead.enabled": "false",
    # Each sort, group and broadcast takes memory by the page, however few its rows: 32 MB each with a heap of 2 GB.
    "spark.buffer.pageSize": "4m",
    "spark.scheduler.mode": "FAIR",  # data sets side by side do not queue behind each other
    "spark.ui.showConsoleProgress": "false",
    # A look at Python's stack for each of a plan's thousands of expressions: half of the time to make a plan.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}

_LOCAL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Hadoop's own ways start a program for each file that they make, and eight more to give it its name: 22 a commit.
    "spark.hadoop.fs.file.impl": "io.lakeward.files.LocalFiles",
    "spark.delta.logStore.file.impl": "io.delta.storage.LocalLogStore",
    "spark.sql.streaming.checkpointFileManagerClass": (
        "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager"
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a session is made from; `sources` says of each value where it came from.

    Args:
        master: Spark's master; `LAKEWARD_MASTER`.
        driver_memory: the driver's heap (`2g`); `LAKEWARD_DRIVER_MEMORY`.
        shuffle_partitions: partitions after a shuffle, before Spark joins small ones; `LAKEWARD_SHUFFLE_PARTITIONS`.
        jvm: `quick` compiles little and suits runs of a minute, `steady` suits long ones; by default what suits the
            work; `LAKEWARD_JVM`.
        java_options: more options for the driver's JVM; `LAKEWARD_JAVA_OPTIONS`.
        ui: whether Spark's own web page runs; `LAKEWARD_UI`.
        log_level: Spark's log level on the console; `LAKEWARD_LOG_LEVEL`.
        event_log: whether runs keep Spark's event log in the lake; `LAKEWARD_EVENT_LOG`.
        lineage: whether runs record where columns came from; `LAKEWARD_LINEAGE`. It costs CPU beside each write.
        sources: name of the value to `argument`, `spark-submit`, the variable's name, or `default`.
    """

    master: str
    driver_memory: str
    shuffle_partitions: int
    jvm: str
    java_options: str
    ui: bool
    log_level: str
    event_log: bool
    lineage: bool
    sources: Mapping[str, str]

    @property
    def is_local(self) -> bool:
        """Say whether driver and executor are one process on this machine."""
        return self.master.startswith("local") and not self.master.startswith("local-cluster")


def settings(
    *, master: str | None = None, submitted: Mapping[str, str] | None = None, is_long: bool = False
) -> Settings:
    """Resolve the settings: arguments, then what `spark-submit` was given, then `LAKEWARD_*` variables, then defaults.

    Args:
        master: Spark's master.
        submitted: what `spark-submit` was given.
        is_long: whether there is much to do, for the default of `jvm`.

    Raises:
        UsageError: a variable holds something that cannot be used.
    """
    sources: dict[str, str] = {}

    def pick(name: str, default: str, given: str | None = None) -> str:
        variable = f"LAKEWARD_{name.upper()}"
        own = os.environ.get(variable)
        sources[name] = "argument" if given else variable if own else "default"
        return given or own or default

    chosen = pick("master", "local[*]", master or (submitted or {}).get("spark.master"))
    if submitted and not master:
        sources["master"] = "spark-submit"
    cores = os.cpu_count() or 1
    partitions = pick("shuffle_partitions", str(2 * max(2, cores)) if chosen.startswith("local[") else "200")
    profile = pick("jvm", "steady" if is_long else "quick")
    memory = pick("driver_memory", "2g")
    log_level = pick("log_level", "ERROR").upper()
    for name, value, is_good, takes in (
        ("jvm", profile, profile in jvm.PROFILES, " or ".join(jvm.PROFILES)),
        ("shuffle_partitions", partitions, partitions.isdecimal() and int(partitions) > 0, "a whole number"),
        ("driver_memory", memory, re.fullmatch(r"[1-9]\d*[kmgt]", memory.lower()), "a size, as 4g"),
        ("log_level", log_level, log_level in LOG_LEVELS, ", ".join(LOG_LEVELS)),
    ):
        if not is_good:
            raise UsageError(f"LAKEWARD_{name.upper()} cannot be {value}", remedy=f"it takes {takes}")
    return Settings(
        master=chosen,
        driver_memory=memory,
        shuffle_partitions=int(partitions),
        jvm=profile,
        java_options=pick("java_options", ""),
        ui=pick("ui", "0") not in NO,
        log_level=log_level,
        event_log=pick("event_log", "0") not in NO,
        lineage=pick("lineage", "1") not in NO,
        sources=sources,
    )


def session(
    app: str,
    *,
    master: str | None = None,
    store: Store = DISK,
    conf: Mapping[str, str] | None = None,
    is_long: bool = False,
) -> SparkSession:
    """Give the running session, or start one.

    Args:
        app: its name, seen in Spark's own pages and logs.
        master: wins over `LAKEWARD_MASTER`; what `spark-submit` was given wins over that variable too.
        store: what the lake lies in.
        conf: more Spark settings; they win over ours.
        is_long: whether there is much to do, so that compiling well is worth its time.

    Raises:
        JarsMissing: set-up has not run.
        JavaMissing: there is no Java.
        LakewardError: the running session was started without Delta or for another store.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    without_traces()
    if SparkContext._active_spark_context is not None:
        return _running(SparkSession.builder.getOrCreate(), store)
    jar_sets = (jars.DELTA, *store.jar_sets)
    config, chosen, is_up = _prepared(master, jar_sets, {**store.for_spark, **(conf or {})}, is_long=is_long)
    if is_up:
        jvm.hush(chosen.log_level)
    elif chosen.is_local and (held := warm.taken(config)):
        lookups.remember(held.sparkContext)
        return held
    else:
        jvm.launch(config)
    builder = SparkSession.builder.appName(app)
    for key, value in config.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    lookups.remember(spark.sparkContext)
    spark.sparkContext.setLogLevel(chosen.log_level)
    if not config["spark.master"].startswith("local["):
        spark.sparkContext.addPyFile(str(package.zipped()))
    return spark


def is_on_one_machine(spark: SparkSession) -> bool:
    """Say whether a session's tasks run in its driver."""
    return (spark.sparkContext.master or "").startswith("local[")


def without_traces() -> None:
    """Keep PySpark from printing a trace of a query that is wrong before our own message."""
    for of in ("SQL", "DataFrame"):
        logging.getLogger(f"{of}QueryContextLogger").setLevel(logging.CRITICAL)


def driver_pid(spark: SparkSession) -> int | None:
    """Give the process id of the driver's JVM, or None where it cannot be known (Spark Connect)."""
    from py4j.protocol import Py4JError

    try:
        return int(spark.sparkContext._jvm.java.lang.ProcessHandle.current().pid())  # type: ignore[union-attr]
    except (AttributeError, NotImplementedError, Py4JError):
        return None


def _running(spark: SparkSession, store: Store) -> SparkSession:
    if _ALWAYS["spark.sql.extensions"] not in (spark.conf.get("spark.sql.extensions", "") or ""):
        raise LakewardError(
            "the running Spark session was started without Delta",
            remedy="stop it with `spark.stop()` and let lakeward.lake.session.session start one",
        )
    if spark.conf.get(functions.CATALOG, None) != functions.CLASS:
        raise LakewardError(
            "the running Spark session was started without lakeward's functions",
            remedy="stop it with `spark.stop()` and let lakeward.lake.session.session start one",
        )
    if lacking := [name for name, value in store.for_spark.items() if spark.conf.get(name, None) != value]:
        raise LakewardError(
            "the running Spark session was started for another store",
            remedy="stop it with `spark.stop()` and let lakeward.lake.session.session start one",
            lacking=lacking,
        )
    return spark


def _prepared(
    master: str | None, jar_sets: Sequence[str], conf: Mapping[str, str], *, is_long: bool
) -> tuple[dict[str, str], Settings, bool]:
    # A JVM is up already under spark-submit, and after a session was stopped; it is given the JARs that it lacks.
    from pyspark import SparkContext

    is_submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not is_submitted and jars.java() is None:
        raise jars.JavaMissing
    wanted = (*jar_sets, *(() if jars.missing(jars.LINEAGE) else (jars.LINEAGE,)))
    files = {name: jars.paths(name) for name in wanted if not (is_submitted and jvm.has(name))}
    if jars.S3A in wanted and not (is_submitted and jvm.has(jvm.LOG_STORE)):
        files[jars.S3A] = [*files.get(jars.S3A, ()), logstore.jar()]
    if not (is_submitted and jvm.has(jvm.FUNCTIONS)):
        files[jvm.FUNCTIONS] = [functions.jar()]
    is_up = is_submitted or SparkContext._gateway is not None
    given = jvm.adopt([path for paths in files.values() for path in paths]) if is_up else {}
    chosen = settings(master=master, submitted=given if is_submitted else {}, is_long=is_long)
    _environment(chosen)
    config = _config(chosen, files) | dict(conf)
    if is_submitted:
        config = _beside(config, given, {*conf, "spark.master"})
    return config, chosen, is_up


def _config(chosen: Settings, files: Mapping[str, Sequence[Path]]) -> dict[str, str]:
    # Delta and our functions go on the class path, where the class-data archive can reach them; the rest (and, on a
    # cluster, they too) is handed out by Spark. Only the driver listens for lineage.
    beside = (jars.LINEAGE,) if not chosen.is_local else (jars.LINEAGE, jars.DELTA, jvm.FUNCTIONS)
    handed_out = [path for name, paths in files.items() if name not in beside for path in paths]
    on_path = [path for name in (jars.DELTA, jvm.FUNCTIONS, jars.LINEAGE) for path in files.get(name, ())]
    config = _ALWAYS | {
        "spark.master": chosen.master,
        "spark.driver.memory": chosen.driver_memory,
        "spark.driver.extraClassPath": os.pathsep.join(map(str, on_path)),
        "spark.driver.extraJavaOptions": jvm.options(chosen.jvm, chosen.java_options),
        "spark.sql.shuffle.partitions": str(chosen.shuffle_partitions),
        "spark.ui.enabled": str(chosen.ui).lower(),
        "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / "lakeward-warehouse"),
    }
    if handed_out:
        config["spark.jars"] = ",".join(path.as_uri() for path in handed_out)
    if chosen.is_local:
        config |= _LOCAL
    return config


def _beside(config: Mapping[str, str], given: Mapping[str, str], ours: Collection[str]) -> dict[str, str]:
    # What spark-submit was told wins, save for what the caller of session() asked for; JARs add up.
    kept = {key: value for key, value in config.items() if key in ours or key not in given}
    if "spark.jars" in config:
        kept["spark.jars"] = ",".join(filter(None, (given.get("spark.jars"), config["spark.jars"])))
    return kept


def _environment(chosen: Settings) -> None:
    # Workers otherwise take the first python3 on the PATH, which knows neither pyarrow nor us.
    if chosen.is_local:
        os.environ["PYSPARK_PYTHON"] = sys.executable
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
