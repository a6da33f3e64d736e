"""The Java that commits to S3 stores: where its JAR is, and how it is built.

python -m lakeward.lake.logstore
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lakeward.lake import jars
from lakeward.lake.errors import EXIT_DONE, LakewardError
from lakeward.lake.own_jar import OwnJar

CLASS = "io.lakeward.ConditionalLogStore"
SETTINGS = {
    "spark.delta.logStore.s3a.impl": CLASS,
    "spark.delta.logStore.s3.impl": CLASS,
    "spark.sql.streaming.checkpointFileManagerClass": "io.lakeward.WholeFileManager",
}
_JDK = "install a JDK (Debian and Ubuntu: `apt-get install openjdk-17-jdk-headless`) or set JAVA_HOME to one"


class LogStoreMissing(LakewardError):
    """The JAR is neither in the package nor in the cache: this copy of lakeward was not set up for S3."""

    def __init__(self) -> None:
        super().__init__("the LogStore for S3 stores was not built", remedy="run `lakeward setup --s3` once")


def jar() -> Path:
    """Give the JAR as a file in the cache; the one that a wheel carries is copied there first.

    Raises:
        LogStoreMissing: it was never built.
    """
    if (kept := JAR.kept()) is None:
        raise LogStoreMissing
    return kept


def build() -> Path:
    """Compile the JAR into the cache, unless it is there or came with the wheel, and give its place.

    Raises:
        JarsMissing: the JARs of Delta are not in the cache.
        LakewardError: there is no JDK, or the compiler refused the source.
    """
    return JAR.built()


def _by_javac(sources: Sequence[Path], classes: Path) -> None:
    home = os.environ.get("JAVA_HOME")
    compiler = shutil.which("javac", path=str(Path(home) / "bin")) if home else shutil.which("javac")
    if compiler is None:
        raise LakewardError("there is no Java compiler to build the LogStore for S3 stores with", remedy=_JDK)
    hadoop = jars.spark_home() / "jars" / "*"
    on_path = os.pathsep.join(map(str, (*jars.paths(jars.DELTA), hadoop)))
    command = [compiler, "--release", "17", "-proc:none", "-cp", on_path, "-d", str(classes), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LakewardError("the LogStore for S3 stores does not compile", remedy=_JDK, said=done.stderr[:600])


JAR = OwnJar("lakeward-logstore", "stores", _by_javac)


def main() -> int:
    """Build it from a shell and tell where it is."""
    try:
        print(build())
    except LakewardError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return EXIT_DONE


if __name__ == "__main__":
    raise SystemExit(main())
