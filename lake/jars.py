"""The JARs that Spark needs beside its own: fetched once at set-up, checked against `jars.lock`, kept in a cache."""

from __future__ import annotations

import hashlib
import importlib.resources
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake.errors import LakewardError, TryAgainLater, UsageError

DELTA = "delta"
S3A = "s3a"
LINEAGE = "lineage"

JAVA_REMEDY = "install Java 17 (Debian and Ubuntu: `apt-get install openjdk-17-jre-headless`) or set JAVA_HOME"
_REMEDY = {
    DELTA: "run `make setup` (or `lakeward setup`) once, with the network on",
    LINEAGE: "run `make setup` (or `lakeward setup`) once, with the network on",
    S3A: "run `make setup-s3` (or `lakeward setup --s3`) once, with the network on",
}


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of `jars.lock`: a Maven coordinate, the set it belongs to and its sha256."""

    set: str
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """Give `group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file(self) -> str:
        """Give the name of its file in the cache."""
        return f"{self.artifact}-{self.version}.jar"


class JarsMissing(LakewardError):
    """A set of JARs is not in the cache: set-up has not run on this machine or for this version."""

    def __init__(self, name: str, absent: Sequence[Jar], folder: Path) -> None:
        super().__init__(
            f"{len(absent)} JARs of the {name} set are not in the cache",
            remedy=_REMEDY[name],
            folder=str(folder),
            first=absent[0].coordinate,
        )


class JavaMissing(LakewardError):
    """There is no Java where Spark will look for it."""

    def __init__(self) -> None:
        home = os.environ.get("JAVA_HOME")
        super().__init__(f"there is no Java {f'in JAVA_HOME={home}' if home else 'on the PATH'}", remedy=JAVA_REMEDY)


class JarsDiffer(LakewardError):
    """A fetched JAR is not the one that `jars.lock` names; nothing was put into the cache."""

    def __init__(self, differing: Sequence[Jar], tool: str) -> None:
        super().__init__(
            f"{tool} delivered other bytes than lake/jars.lock names for "
            + ", ".join(jar.coordinate for jar in differing),
            remedy="ask who runs your Maven mirror; change lake/jars.lock only if the upstream project says so",
        )


def lock() -> tuple[Jar, ...]:
    """Read `jars.lock`: every JAR of every set, in the order of the file."""
    text = importlib.resources.files("lakeward.lake").joinpath("jars.lock").read_text(encoding="utf-8")
    rows = (line.replace(":", " ").split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Jar(name, group, artifact, version, sha256) for name, group, artifact, version, sha256 in rows)


def jar_folder() -> Path:
    """Give the cache: `LAKEWARD_JARS`, else `lakeward/jars` in `XDG_CACHE_HOME` or `~/.cache`. It may not exist yet."""
    if own := os.environ.get("LAKEWARD_JARS"):
        return Path(own).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "lakeward" / "jars"


def jars(name: str) -> tuple[Jar, ...]:
    """Give the JARs of one set.

    Raises:
        UsageError: `jars.lock` has no such set.
    """
    if not (found := tuple(jar for jar in lock() if jar.set == name)):
        raise UsageError(f"there is no set of JARs called {name}", remedy=f"take one of {', '.join(_REMEDY)}")
    return found


def missing(name: str) -> list[Jar]:
    """List the JARs of a set that are not in the cache. Looks at names only; `differing` looks at bytes."""
    folder = jar_folder()
    return [jar for jar in jars(name) if not (folder / jar.file).is_file()]


def differing(name: str, folder: Path | None = None) -> list[Jar]:
    """List the JARs of a set that are absent from the folder, or whose bytes differ from the lock."""
    where = folder or jar_folder()
    return [jar for jar in jars(name) if _sha256(where / jar.file) != jar.sha256]


def paths(name: str) -> list[Path]:
    """Give the files of a set, ready for a class path.

    Raises:
        JarsMissing: at least one is not in the cache.
    """
    folder = jar_folder()
    if absent := missing(name):
        raise JarsMissing(name, absent, folder)
    return [folder / jar.file for jar in jars(name)]


def fetch(sets: Sequence[str] = (DELTA,)) -> list[Jar]:
    """Bring what the cache lacks into it and give what was brought.

    Resolves coordinates with Maven where it is installed, else with the Ivy that Spark ships. Every file is checked
    before it enters the cache, and enters it by a rename. Starts no process when nothing is lacking.

    Raises:
        JarsDiffer: a delivered file is not the one in the lock; the cache stays as it was.
        TryAgainLater: Maven or Ivy failed, mostly for want of a network.
        UsageError: the cache cannot be written.
    """
    wanted = [jar for name in sets for jar in differing(name)]
    if not wanted:
        return []
    folder = jar_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder)
    except OSError as cause:
        raise UsageError(
            f"the cache of JARs at {folder} cannot be written: {cause.strerror}",
            remedy="set LAKEWARD_JARS to a folder that you may write to",
        ) from cause
    with scratch as place:
        tool, got = delivered(wanted, Path(place))
        if wrong := [jar for jar in wanted if _sha256(got / jar.file) != jar.sha256]:
            raise JarsDiffer(wrong, tool)
        for jar in wanted:
            (got / jar.file).replace(folder / jar.file)
    return wanted


def delivered(wanted: Sequence[Jar], work: Path) -> tuple[str, Path]:
    """Let Maven, or the Ivy that Spark ships, deliver JARs below `work`; give the tool's name and their folder.

    Raises:
        TryAgainLater: it failed, mostly for want of a network.
    """
    tool = "Maven" if shutil.which("mvn") else "Ivy"
    (_with_maven if tool == "Maven" else _with_ivy)(wanted, work)
    return tool, work / "got"


def java() -> str | None:
    """Give the `java` that Spark will start: that of `JAVA_HOME`, else the first on the PATH; None without one."""
    if home := os.environ.get("JAVA_HOME"):
        return shutil.which("java", path=str(Path(home) / "bin"))
    return shutil.which("java")


def spark_home() -> Path:
    """Give the folder of the Spark in use, without importing pyspark."""
    if own := os.environ.get("SPARK_HOME"):
        return Path(own)
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise LakewardError("pyspark is not installed", remedy="install lakeward with its dependencies: `make setup`")
    return Path(spec.origin).parent


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _with_maven(wanted: Sequence[Jar], work: Path) -> None:
    # Every dependency excludes its own: the lock is the whole list, nothing is resolved beside it.
    dependencies = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version>"
        "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
        for jar in wanted
    )
    (work / "pom.xml").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>lakeward</groupId><artifactId>jars</artifactId>"
        f"<version>1</version><packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>",
        encoding="utf-8",
    )
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={work / 'got'}"]
    _run(["mvn", "-q", "-B", "-f", str(work / "pom.xml"), *goal], "Maven")


def _with_ivy(wanted: Sequence[Jar], work: Path) -> None:
    # Ivy itself and not `spark.jars.packages`: that one asks ~/.m2 first and fails on poms without JARs there.
    dependencies = "".join(
        f'<dependency org="{jar.group}" name="{jar.artifact}" rev="{jar.version}"'
        ' transitive="false" conf="default->master"/>'
        for jar in wanted
    )
    (work / "ivy.xml").write_text(
        '<ivy-module version="2.0"><info organisation="lakeward" module="jars"/>'
        f"<configurations><conf name='default'/></configurations><dependencies>{dependencies}</dependencies>"
        "</ivy-module>",
        encoding="utf-8",
    )
    ivy = next(iter(sorted((spark_home() / "jars").glob("ivy-*.jar"))), None)
    if (program := java()) is None or ivy is None:
        raise LakewardError(
            "neither Maven nor Java with Spark's Ivy is here to fetch JARs with",
            remedy="install Java 17 (Debian: `apt-get install openjdk-17-jre-headless`), then `make setup`",
        )
    command = [program, f"-Divy.default.ivy.user.dir={work / 'ivy'}", "-jar", str(ivy), "-warn"]
    if settings := os.environ.get("LAKEWARD_IVY_SETTINGS"):  # a site's own mirror
        command += ["-settings", settings]
    pattern = f"{work / 'got'}/[artifact]-[revision].[ext]"
    _run([*command, "-ivy", str(work / "ivy.xml"), "-types", "jar", "bundle", "-retrieve", pattern], "Ivy")


def _run(command: Sequence[str], tool: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise TryAgainLater(
            f"{tool} could not fetch the JARs",
            remedy="look at the network or proxy, then `make setup`; or copy the cache from a machine that has it",
            cache=str(jar_folder()),
            said=" | ".join(line.strip() for line in said[:3])[:600],
        )
