"""Names of the code and the format that tables are made by: where one changes, what it made is made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as packaged

from lakeward.jobs.helpers import code_in, code_of
from lakeward.lake import functions
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.quality.expect import DEFINED_IN, Expectation

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
    return _code(ENGINE) + _functions() + _versions(TYPERS)


def made_by(dataset: Dataset) -> str:
    """Name what makes a data set's rows: its declaration, the engine, and its own classes of expectations."""
    return dataset.fingerprint(engine_version() + _own_rules(dataset.suite))


def held_against(curated: Curated) -> str:
    """Name what a table's rows are held against: its suite, and its own classes of expectations."""
    own = _own_rules(curated.suite)
    return hashlib.sha256(f"{curated.rules}{own}".encode()).hexdigest()[:16] if own else curated.rules


def _own_rules(suite: Iterable[Expectation]) -> str:
    return code_in(each.meta[DEFINED_IN] for each in suite if DEFINED_IN in each.meta)


@cache
def _functions() -> str:
    """Name the sources of our functions in Java."""
    return functions.JAR.name


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
