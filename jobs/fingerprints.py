"""Names of the code and the format that tables are made by: where one changes, what it made is made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as packaged

from lakeward.jobs.helpers import code_of
from lakeward.pipelines.dataset import Curated, Dataset

READERS = (
    "reading", "delimited", "workbook", "sheets", "envelope", "topojson", "decoding", "json_text", "grid", "head",
    "container", "user_defined",
)  # fmt: skip
READING = tuple(f"pipelines/{name}.py" for name in READERS)
ENGINE = (
    *READING,
    *(f"pipelines/{name}.py" for name in ("shapes", "normalise", "layout", "wide", "claims", "typed")),
    *(f"quality/{name}.py" for name in ("sql", "compiler/rows")),
)

TYPERS = ("pyspark",)
BUILDERS = ("pyspark", "shapely", "pyproj", "holidays")
"""Libraries whose newer versions may give other rows."""


def reading_of(dataset: Dataset) -> str:
    """Name how files become the text in bronze: a change of the format, or of what reads it, has them read again."""
    return hashlib.sha256(f"{dataset.source.format!r}{_code(READING)}".encode()).hexdigest()[:16]


def engine_version() -> str:
    """Name the code that turns delivered text into rows: a change of it makes silver anew."""
    return _code(ENGINE) + _versions(TYPERS)


@cache
def _code(files: Iterable[str]) -> str:
    root = packaged("lakeward")
    digest = hashlib.sha256()
    for file in files:
        digest.update(root.joinpath(*file.split("/")).read_bytes())
    return digest.hexdigest()[:16]


def source_of(curated: Curated) -> str:
    """Give the code that a table is built by, its helpers' too, and the versions of what that stands on."""
    return f"{code_of(curated.build)}{_versions(BUILDERS)}"


@cache
def _versions(names: Iterable[str]) -> str:
    """Give the installed versions of libraries; none where one is not installed."""
    found = dict.fromkeys(names, "")
    for name in names:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return str(found)
