"""Names of the code and the format that tables are made by: where one changes, what it made is made again."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable
from functools import cache
from importlib.resources import files as packaged

from lakeward.pipelines.dataset import Curated, Dataset

READERS = (
    "reading", "delimited", "workbook", "sheets", "envelope", "topojson", "decoding", "json_text", "grid", "head",
)  # fmt: skip
READING = tuple(f"pipelines/{name}.py" for name in READERS)
ENGINE = (
    *READING,
    *(f"pipelines/{name}.py" for name in ("shapes", "normalise", "layout", "wide", "typed")),
    *(f"quality/{name}.py" for name in ("sql", "compiler/rows")),
)


def reading_of(dataset: Dataset) -> str:
    """Name how files become the text in bronze: a change of the format, or of what reads it, has them read again."""
    return hashlib.sha256(f"{dataset.source.format!r}{_code(READING)}".encode()).hexdigest()[:16]


def engine_version() -> str:
    """Name the code that turns delivered text into rows: a change of it makes silver anew."""
    return _code(ENGINE)


@cache
def _code(files: Iterable[str]) -> str:
    root = packaged("lakeward")
    digest = hashlib.sha256()
    for file in files:
        digest.update(root.joinpath(*file.split("/")).read_bytes())
    return digest.hexdigest()[:16]


def source_of(curated: Curated) -> str:
    """Give the code that a table is built by, its own and what all tables share of places."""
    module = inspect.getmodule(curated.build)
    shared = packaged("lakeward").joinpath("pipelines", "places").iterdir()
    places = "".join(file.read_text("utf-8") for file in sorted(shared, key=str) if file.name.endswith(".py"))
    try:
        return (inspect.getsource(module) if module else inspect.getsource(curated.build)) + places
    except OSError:  # written in a notebook or a shell: its compiled form must do
        return curated.build.__code__.co_code.hex() + places
