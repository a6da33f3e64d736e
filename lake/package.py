"""This very copy of lakeward as a zip, for the Python workers of a cluster's executors."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import lakeward
from lakeward.lake import jars

CODE = frozenset({".py", ".json", ".tsv", ".lock", ".css", ".js", ".java", ".jar", ".html", ".svg", ".typed"})
EARLIEST = (1980, 1, 1, 0, 0, 0)


def zipped() -> Path:
    """Give the zip, made in the cache beside Spark's JARs; its name tells what is in it, so it is made once.

    Where lakeward runs from a zip itself (`spark-submit --py-files`), it is that one.
    """
    root = Path(lakeward.__file__).parent
    if not root.is_dir():
        return root.parent
    files = {str(path.relative_to(root.parent)): path.read_bytes() for path in _files(root)}
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    kept = jars.jar_folder() / f"lakeward-{digest.hexdigest()[:12]}.zip"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as fresh,
            zipfile.ZipFile(fresh, "w") as archive,
        ):
            for name, content in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)
        Path(fresh.name).chmod(0o644)
        Path(fresh.name).replace(kept)
    return kept


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root, followlinks=True):  # a checkout's parts are links
        yield from (Path(folder, name) for name in names if Path(name).suffix in CODE)
