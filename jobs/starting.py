"""A new agency's project: one data set, one curated table, tests, a Makefile, a CI file."""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

from lakeward import __version__
from lakeward.lake.errors import UsageError

STARTER = Path(__file__).with_name("starter")
FILES = (
    ("pyproject.toml.in", "pyproject.toml"),
    ("Makefile.in", "Makefile"),
    ("README.md.in", "README.md"),
    ("gitignore.in", ".gitignore"),
    ("ci.yml.in", ".github/workflows/test.yml"),
    ("pipelines/data_set.py.in", "pipelines/@DOMAIN@/library_visits.py"),
    ("pipelines/curated.py.in", "pipelines/curated/@DOMAIN@_visits_month.py"),
    ("landing.csv.in", "tests/landing/@DOMAIN@/library_visits/114_made.csv"),
    ("landing.csv.in", "landing/@DOMAIN@/library_visits/114_made.csv"),
    ("expected.csv.in", "tests/expected/gold.@DOMAIN@_visits_month.csv"),
)
"""Templates and places. The made delivery lies also where a run looks: the first run has something to do."""


def start(folder: Path) -> list[Path]:
    """Write a project into a folder that is new or empty; name its files.

    Raises:
        UsageError: something lies there, or it cannot be written, or its name gives no name for tables.
    """
    project = folder.resolve().name
    domain = identifier(project)
    if not domain or iskeyword(domain):
        raise UsageError(f"{project} gives no name for tables", remedy="name the folder in Latin letters, as my-agency")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", remedy="name a new folder")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", remedy="name a new folder")
    told = {"PROJECT": project, "DOMAIN": domain, "VERSION": __version__}
    written = []
    try:
        for file, place in FILES:
            path = folder / _filled(place, told)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled((STARTER / file).read_text("utf-8"), told), "utf-8")
            written.append(path)
    except OSError as cause:
        raise UsageError(f"{folder} cannot be written: {cause.strerror}", remedy="name another folder") from cause
    return written


def identifier(text: str) -> str:
    """Give the name that a project or a file has among tables; empty where it has no letters for one."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_0123456789")


def _filled(text: str, told: dict[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda found: told[found[1]], text)
