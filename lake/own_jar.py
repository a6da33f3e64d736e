"""JARs made from Java of our own: named after their sources, brought by a wheel or compiled once into the cache."""

from __future__ import annotations

import hashlib
import importlib.resources
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from lakeward.lake import jars
from lakeward.lake.errors import UsageError


@dataclass(frozen=True, slots=True)
class OwnJar:
    """A JAR and what it is made of.

    Args:
        title: how its file's name begins.
        sources: the folder of `lake/java` that holds the sources, and nothing else.
        compiled: what compiles source files into a folder of classes.
    """

    title: str
    sources: str
    compiled: Callable[[Sequence[Path], Path], None]

    @property
    def name(self) -> str:
        """The name of its file, which tells the sources that it is made from."""
        digest = hashlib.sha256()
        for source in self._listed():
            digest.update(source.read_bytes())
        return f"{self.title}-{digest.hexdigest()[:12]}.jar"

    @property
    def place(self) -> Path:
        """Where it is in the cache, or will be."""
        return jars.jar_folder() / self.name

    def kept(self) -> Path | None:
        """Give it as a file in the cache, where it may come from the wheel; None where it was never made."""
        kept = self.place
        if kept.is_file():
            return kept
        shipped = _package() / kept.name
        return _put(kept, shipped.read_bytes()) if shipped.is_file() else None

    def built(self) -> Path:
        """Compile it into the cache, unless it is there or came with the wheel, and give its place.

        Raises:
            UsageError: the cache cannot be written.
            LakewardError: the compiler is not there, or refused the sources.
        """
        return self.kept() or self._compiled()

    def _compiled(self) -> Path:
        place = self.place
        with tempfile.TemporaryDirectory(prefix="lakeward-java-") as scratch:
            work = Path(scratch)
            sources = []
            for source in self._listed():
                (work / source.name).write_bytes(source.read_bytes())
                sources.append(work / source.name)
            classes = work / "classes"
            classes.mkdir()
            self.compiled(sources, classes)
            with zipfile.ZipFile(work / place.name, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(classes.rglob("*.class")):
                    # No time of day: the same source makes the same bytes.
                    archive.writestr(zipfile.ZipInfo(path.relative_to(classes).as_posix()), path.read_bytes())
            return _put(place, (work / place.name).read_bytes())

    def _listed(self) -> list[Traversable]:
        return sorted(_sources(_package() / "java" / self.sources), key=lambda each: each.name)


def _package() -> Traversable:
    return importlib.resources.files("lakeward.lake")


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(".java"):
            yield each


def _put(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
    except OSError as cause:
        raise UsageError(
            f"the cache of JARs at {path.parent} cannot be written: {cause.strerror}",
            remedy="set LAKEWARD_JARS to a folder that you may write to",
        ) from cause
    Path(file.name).replace(path)
    return path
