"""Finds every declaration and answers what a selection means."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

from lakeward import pipelines
from lakeward.lake.errors import LakewardError, NothingSelected, UsageError
from lakeward.pipelines.dataset import Curated, Dataset

Table = Dataset | Curated
ENGINE = frozenset({"sample"})
"""Packages beside the domains that hold no declarations."""


def declared(own: str | None = None) -> dict[str, Table]:
    """Find every data set and curated table by its name.

    Args:
        own: a user's folder or package of declarations, beside ours; by default what `[tool.lakeward]
            pipelines` in the `pyproject.toml` of the working directory says.

    Raises:
        LakewardError: two declarations share a name.
        UsageError: `own` is neither a folder nor a package.
    """
    found: dict[str, Table] = {}
    for module in _modules(own or _from_project()):
        for thing in vars(module).values():
            if isinstance(thing, Dataset | Curated) and found.setdefault(thing.name, thing) is not thing:
                raise LakewardError(
                    f"two declarations are called {thing.name}", remedy=f"rename the one in {module.__name__}"
                )
    return dict(sorted(found.items()))


def select(tables: dict[str, Table], selections: Sequence[str]) -> dict[str, Table]:
    """Give the tables that names or patterns mean, and all they rest on; no selection means every table.

    Raises:
        NothingSelected: a selection matches nothing.
    """
    chosen: dict[str, Table] = {}
    for selection in selections or tuple(tables):
        wanted = selection.removeprefix("silver.")
        matches = [table for name, table in tables.items() if name == wanted or fnmatchcase(name, wanted)]
        if not matches:
            raise NothingSelected(selection, list(tables))
        for table in matches:
            for needed in with_inputs(table):
                chosen[needed.name] = needed
    return chosen


def find(tables: dict[str, Table], name: str) -> Table:
    """Give one table by its name.

    Raises:
        NothingSelected: there is none; near names are suggested.
    """
    wanted = name.removeprefix("silver.")
    if wanted not in tables:
        raise NothingSelected(name, list(tables))
    return tables[wanted]


def with_inputs(table: Table) -> Iterator[Table]:
    """Give a table's inputs, however deep, before the table itself."""
    if isinstance(table, Curated):
        for thing in table.tables:
            yield from with_inputs(thing)
    yield table


def _modules(own: str | None) -> Iterator[ModuleType]:
    for folder in pkgutil.iter_modules(pipelines.__path__, f"{pipelines.__name__}."):
        is_domain = folder.ispkg and folder.name.rpartition(".")[2] not in ENGINE
        if is_domain:  # the modules beside the domains are the engine, not declarations
            yield from _below(importlib.import_module(folder.name))
    if own:
        yield from _below(_package(own))


def _below(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.rpartition(".")[2].startswith("_"):  # what declarations use, such as users' expectations
            yield importlib.import_module(found.name)


def _package(own: str) -> ModuleType:
    folder = Path(own)
    if not folder.is_dir():
        try:
            return importlib.import_module(own)
        except ImportError as cause:
            raise UsageError(
                f"{own} is neither a folder nor a package that Python finds",
                remedy="give --pipelines a folder of declarations, or install the package",
            ) from cause
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]  # two folders may share a name
    name = f"lakeward_pipelines_{folder.resolve().name}_{place}"
    if name not in sys.modules:
        start = folder / "__init__.py"
        spec = importlib.util.spec_from_loader(name, None, is_package=True)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        module.__path__ = [str(folder.resolve())]
        sys.modules[name] = module
        if start.exists():
            exec(compile(start.read_text("utf-8"), str(start), "exec"), module.__dict__)  # noqa: S102
    return sys.modules[name]


def _from_project() -> str | None:
    project = Path("pyproject.toml")
    if not project.is_file():
        return None
    setting = tomllib.loads(project.read_text("utf-8")).get("tool", {}).get("lakeward", {}).get("pipelines")
    return str(setting) if setting else None
