"""The Java that commits to S3 stores: where its JAR is, and how it is built.

python -m lakeward.lake.logstore
"""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from lakeward.lake import jars
from lakeward.lake.errors import EXIT_DONE, LakewardError

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


def name() -> str:
    """Give the name of the JAR, which tells the source it was built from."""
    digest = hashlib.sha256()
    for source in sorted(_sources(_package() / "java"), key=lambda each: each.name):
        digest.update(source.read_bytes())
    return f"lakeward-logstore-{digest.hexdigest()[:12]}.jar"


def jar() -> Path:
    """Give the JAR as a file in the cache; the one that a wheel carries is copied there first.

    Raises:
        LogStoreMissing: it was never built.
    """
    kept = jars.jar_folder() / name()
    if not kept.is_file():
        if not (shipped := _package() / kept.name).is_file():
            raise LogStoreMissing
        _put(kept, shipped.read_bytes())
    return kept


def build() -> Path:
    """Compile the JAR into the cache, unless it is there or came with the wheel, and give its place.

    Raises:
        JarsMissing: the JARs of Delta are not in the cache.
        LakewardError: there is no JDK, or the compiler refused the source.
    """
    try:
        return jar()
    except LogStoreMissing:
        kept = jars.jar_folder() / name()
    with tempfile.TemporaryDirectory(prefix="lakeward-logstore-") as scratch:
        work = Path(scratch)
        _compile(work)
        with zipfile.ZipFile(work / kept.name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((work / "classes").rglob("*.class")):
                # No time of day: the same source makes the same bytes.
                entry = zipfile.ZipInfo(str(path.relative_to(work / "classes")))
                archive.writestr(entry, path.read_bytes())
        _put(kept, (work / kept.name).read_bytes())
    return kept


def _compile(work: Path) -> None:
    home = os.environ.get("JAVA_HOME")
    compiler = shutil.which("javac", path=str(Path(home) / "bin")) if home else shutil.which("javac")
    if compiler is None:
        raise LakewardError("there is no Java compiler to build the LogStore for S3 stores with", remedy=_JDK)
    hadoop = jars.spark_home() / "jars" / "*"
    on_path = os.pathsep.join(map(str, (*jars.paths(jars.DELTA), hadoop)))
    sources = []
    for source in _sources(_package() / "java"):
        (work / source.name).write_bytes(source.read_bytes())
        sources.append(str(work / source.name))
    command = [compiler, "--release", "17", "-proc:none", "-cp", on_path, "-d", str(work / "classes"), *sources]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LakewardError("the LogStore for S3 stores does not compile", remedy=_JDK, said=done.stderr[:600])


def _package() -> Traversable:
    return importlib.resources.files("lakeward.lake")


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(".java"):
            yield each


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


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
