"""Spark's Delta Sharing connector: looks for its JARs in a folder, fetches them with Maven, or builds them from source.

Run as `python connector.py [--delta CLONE --delta-sharing CLONE]`; `make sharing-connector` does. No registry may have
it, but PySpark ships the compiler that it takes: with git clones of delta-io/delta and delta-io/delta-sharing (bare ones
do) it is built at the versions that fit `jars.lock`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lakeward.lake import jars
from lakeward.lake.errors import LakewardError, TryAgainLater
from lakeward.lake.jars import Jar

FOLDER = "SHARING_CONNECTOR"
"""The variable that names a folder with both JARs; by default it is one in the cache of JARs."""
CLIENT = "1.4.1"
"""The version of the connector's own client, as Delta's build names it."""
SUMS = "SHA256SUMS"
SECONDS = 600


def folder() -> Path:
    """Give where the JARs lie, or would lie."""
    return Path(os.environ.get(FOLDER) or jars.jar_folder() / "sharing-connector").expanduser().absolute()


def wanted() -> tuple[Jar, Jar]:
    """Give the connector's coordinates: of the Delta that we use, for the Spark that it is for."""
    spark = next(jar for jar in jars.jars(jars.DELTA) if jar.artifact.startswith("delta-spark_"))
    scala = spark.artifact.rpartition("_")[2]
    return (
        Jar("sharing", spark.group, f"delta-sharing-client_{scala}", CLIENT, ""),
        Jar("sharing", spark.group, spark.artifact.replace("delta-spark", "delta-sharing-spark"), spark.version, ""),
    )


def found() -> list[Path]:
    """Give both JARs, of whatever version the folder has them; nothing where one is lacking.

    Raises:
        LakewardError: they are not those that were put there.
    """
    place = folder()
    parts = [sorted(place.glob(f"delta-sharing-{part}_*.jar")) for part in ("client", "spark")]
    if not all(parts):
        return []
    names = [each[-1] for each in parts]
    if (sums := place / SUMS).is_file() and sums.read_text() != _sums(names):
        raise LakewardError("the connector's JARs are not those that were put there", remedy=f"remove {place}")
    return names


def fetch() -> list[Path]:
    """Fetch both with Maven or Ivy, which hold them against the registry's checksums.

    Raises:
        TryAgainLater: the registry lacks them, or the network.
    """
    with tempfile.TemporaryDirectory() as work:
        _, got = jars.delivered(wanted(), Path(work))
        return _kept(got / jar.file for jar in wanted())


def build(delta: Path, delta_sharing: Path) -> list[Path]:
    """Build both from git clones with the Scala compiler among PySpark's JARs.

    Raises:
        LakewardError: a clone lacks the version, or the compiler does not take it.
    """
    client, spark = wanted()
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        path = [*sorted((jars.spark_home() / "jars").glob("*.jar")), *jars.paths(jars.DELTA)]
        for jar, clone, part in ((client, delta_sharing, "client"), (spark, delta, "sharing")):
            source = _unpacked(clone, f"v{jar.version}", f"{part}/src/main", place / part)
            path.append(_compiled(source, path, place / jar.file, _version(client) if jar is client else ""))
        return _kept(path[-2:])


def _version(client: Jar) -> str:
    """Give what the client's build writes itself."""
    return f'package io.delta.sharing\npackage object client {{ val VERSION = "{client.version}" }}\n'


def _unpacked(clone: Path, tag: str, part: str, place: Path) -> Path:
    done = subprocess.run(["git", "-C", clone, "archive", tag, part], capture_output=True, check=False)
    if done.returncode:
        raise LakewardError(f"{clone} has no {part} at {tag}", remedy="name a clone of the repository with its tags")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extractall(place, filter="data")
    return place / part


def _compiled(source: Path, path: list[Path], jar: Path, more: str) -> Path:
    if more:
        (source / "scala" / "Version.scala").write_text(more)
    classes = jar.with_suffix("")
    classes.mkdir()
    files = [each for name in ("scala", "scala-2.13") for each in sorted((source / name).rglob("*.scala"))]
    on_path = os.pathsep.join(map(str, path))
    done = subprocess.run(
        [jars.java() or "java", "-Xmx2g", "-cp", on_path, "scala.tools.nsc.Main", "-nowarn", "-release", "17",
         "-cp", on_path, "-d", classes, *files], capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LakewardError(f"{jar.name} does not compile", remedy="look at what is said", said=done.stdout[-600:])
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as packed:
        for root in (classes, source / "resources"):
            for each in sorted(root.rglob("*")):
                packed.write(each, each.relative_to(root))
    return jar


def _kept(brought: Iterable[Path]) -> list[Path]:
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    for old in (*place.glob("delta-sharing-*.jar"), place / SUMS):
        old.unlink(missing_ok=True)
    kept = []
    for jar in brought:
        (place / jar.name).write_bytes(jar.read_bytes())
        kept.append(place / jar.name)
    (place / SUMS).write_text(_sums(kept))
    return kept


def _sums(files: Iterable[Path]) -> str:
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def main(asked: list[str]) -> int:
    """Bring the connector where it lacks, and tell where it is."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--delta", type=Path, help="a git clone of delta-io/delta")
    reading.add_argument("--delta-sharing", type=Path, help="a git clone of delta-io/delta-sharing")
    told = reading.parse_args(asked)
    try:
        here = found()
        if not here and told.delta and told.delta_sharing:
            here = build(told.delta, told.delta_sharing)
        print(*here or fetch(), sep="\n")
    except TryAgainLater as error:
        names = " and ".join(jar.coordinate for jar in wanted())
        print(f"{names} cannot be had: {error.facts.get('said', error)}", file=sys.stderr)
        print(f"  remedy: set {FOLDER} to a folder that has the JARs, or build them:", file=sys.stderr)
        print("  make sharing-connector DELTA=CLONE DELTA_SHARING=CLONE", file=sys.stderr)
        return error.exit_code
    except LakewardError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
