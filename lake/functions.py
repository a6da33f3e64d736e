"""Functions of our own in Spark, written in Java: where their JAR is, how it is built and how a column calls one.

They run for every row, so they do what no combination of Spark's own functions does without a regular expression or
an object a cell. Spark knows them as a catalog of functions, `lakeward.plain_date(text)`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import jars
from lakeward.lake.errors import LakewardError
from lakeward.lake.own_jar import OwnJar

if TYPE_CHECKING:
    from pyspark.sql import Column

CLASS = "io.lakeward.functions.Functions"
CATALOG = "spark.sql.catalog.lakeward"
"""The setting that makes them known to a session."""


def called(function: str, *arguments: Column) -> Column:
    """Call one of our functions on columns."""
    from pyspark.sql import functions as F

    return F.call_function(f"lakeward.{function}", *arguments)


def jar() -> Path:
    """Give the JAR as a file in the cache, made at the first call; a second and a half.

    Raises:
        JavaMissing: there is no Java to make it with.
        LakewardError: the cache cannot be written.
    """
    return JAR.built()


def _by_janino(sources: Sequence[Path], classes: Path) -> None:
    """Compile with the compiler that Spark brings for its own code, which needs no JDK."""
    if (program := jars.java()) is None:
        raise jars.JavaMissing
    on_path = os.pathsep.join(map(str, sorted((jars.spark_home() / "jars").glob("*.jar"))))
    main = "org.codehaus.commons.compiler.samples.CompilerDemo"
    command = [program, "-cp", on_path, main, "-d", str(classes), "-classpath", on_path, *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not any(classes.rglob("*.class")):
        raise LakewardError(
            "lakeward's own functions do not compile",
            remedy="see that Java is 17 or newer and that SPARK_HOME, if it is set, is the pinned Spark",
            said=(done.stderr or done.stdout)[-600:],
        )


JAR = OwnJar("lakeward-functions", "functions", _by_janino)
