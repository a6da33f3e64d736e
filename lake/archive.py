"""The class-data archive: recorded once at set-up, so that each later session need not parse its classes again."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lakeward.lake import jars, jvm
from lakeward.lake.errors import LakewardError

UNUSED_SECONDS = 30 * 86_400
"""An archive that no session has read for so long belongs to an environment that is gone."""


def make_archive(rehearsal: str) -> Path | None:
    """Record once the classes that runs load, so that later sessions need not parse them.

    Args:
        rehearsal: a module that, run with a scratch folder as its argument, does what runs do and ends its JVM.

    Gives the archive, or None where this Java cannot make one; sessions then start as they would without.

    Raises:
        LakewardError: the rehearsal failed.
    """
    path = jvm.archive_path()
    if path is None or path.is_file():
        return path
    jars.paths(jars.DELTA)
    prune(path)
    with tempfile.TemporaryDirectory(prefix=".archive-", dir=path.parent) as scratch:
        made = Path(scratch) / path.name
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYSPARK_")}
        environment |= {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "LAKEWARD_JAVA_OPTIONS": jvm.dump_option(made),
            "LAKEWARD_MASTER": "local[2]",
            "LAKEWARD_LINEAGE": "1",  # also where this shell has turned it off
        }
        command = [sys.executable, "-m", rehearsal, scratch]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=scratch)
        if ended.returncode != 0:
            said = ended.stderr.splitlines() or [f"it ended with {ended.returncode}"]
            remedy = f"`python -m {rehearsal} FOLDER` shows all that it says"
            raise LakewardError(f"class-data archive: {rehearsal} failed: {said[-1]}", remedy=remedy)
        if not made.is_file():
            return None
        made.replace(path)
    return path


def prune(path: Path) -> None:
    """Remove the archives that one takes the place of: those of the very same PySpark, and those long unused."""
    family = path.stem.rpartition("-")[0]
    for other in path.parent.glob("*.jsa"):
        if other.name.startswith(f"{family}-") or time.time() - other.stat().st_atime > UNUSED_SECONDS:
            other.unlink(missing_ok=True)
