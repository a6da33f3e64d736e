"""Finds every declaration and answers what a selection means."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import pkgutil
import sys
import tomllib
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
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
        UsageError: two declarations share a name, one cannot be imported, or `own` is neither a folder nor a package,
            or one without declarations.
    """
    found: dict[str, Table] = {}
    for module in _modules(own or project_setting("pipelines")):
        for thing in vars(module).values():
            if isinstance(thing, Dataset | Curated) and found.setdefault(thing.name, thing) is not thing:
                raise UsageError(
                    f"two declarations are called {thing.name}", remedy=f"rename the one in {module.__file__}"
                )
    return dict(sorted(found.items()))


def of_user(own: str | None = None) -> list[str]:
    """Name the tables that a user's own declarations declare; `own` is as for `declared`.

    Raises:
        UsageError: there are none, as `declared`.
    """
    where = own or project_setting("pipelines")
    if not where:
        raise UsageError(
            "this folder is no project with declarations of its own",
            remedy="`lakeward init FOLDER` starts one; or give --pipelines a folder of declarations",
        )
    found = (thing.name for module in _own(where) for thing in vars(module).values() if isinstance(thing, Table))
    return sorted(set(found) - set(_shipped()))


@functools.cache
def _shipped() -> frozenset[str]:
    return frozenset(
        thing.name for module in _modules(None) for thing in vars(module).values() if isinstance(thing, Table)
    )


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
    packages = {each.name for each in pkgutil.iter_modules(pipelines.__path__) if each.ispkg}
    for domain in sorted(packages.union(_plain_folders(pipelines)) - ENGINE):  # modules beside them are the engine
        yield from _below(_imported(f"{pipelines.__name__}.{domain}", pipelines))
    if own:
        yield from _own(own)


def _own(own: str) -> Iterator[ModuleType]:
    holds_any = False
    for module in _below(_package(own)):
        holds_any |= any(isinstance(thing, Dataset | Curated) for thing in vars(module).values())
        yield module
    if not holds_any:
        raise UsageError(
            f"{own} holds no declaration", remedy="put <domain>/<data set>.py in it, as CONTRIBUTING.md shows"
        )


def _below(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    found = {each.name for each in pkgutil.iter_modules(package.__path__)} | set(_plain_folders(package))
    for name in sorted(found):
        if not name.startswith("_"):  # what declarations use, such as users' expectations
            module = _imported(f"{package.__name__}.{name}", package)
            yield from _below(module) if hasattr(module, "__path__") else (module,)


def _plain_folders(package: ModuleType) -> Iterator[str]:
    """Name the folders of Python files without `__init__.py`, which pkgutil passes over."""
    for root in map(Path, package.__path__):
        for folder in root.iterdir() if root.is_dir() else ():
            if folder.name.isidentifier() and next(folder.glob("*.py"), None):
                yield folder.name


def _imported(name: str, package: ModuleType) -> ModuleType:
    with _told_with_place(package.__path__, name):
        return importlib.import_module(name)


@contextmanager
def _told_with_place(folders: Iterable[str], name: str) -> Iterator[None]:
    """Tell a mistake in a declaration with its file and line; it is the user's code, so it may be any."""
    try:
        yield
    except Exception as cause:
        places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(cause.__traceback__)]
        places += [(cause.filename or "", cause.lineno)] if isinstance(cause, SyntaxError) else []
        file, line = next((place for place in reversed(places) if place[0].startswith(tuple(folders))), (name, 1))
        if isinstance(cause, LakewardError):
            raise UsageError(f"{file}, line {line}: {cause.problem}", remedy=cause.remedy) from cause
        raise UsageError(
            f"{file}, line {line}: {type(cause).__name__}: {getattr(cause, 'msg', '') or cause}",
            remedy="mend this declaration; CONTRIBUTING.md says what it may hold",
        ) from cause


def _package(own: str) -> ModuleType:
    folder = Path(own)
    if not folder.is_dir():
        try:
            return importlib.import_module(own)
        except (ImportError, TypeError, ValueError) as cause:  # also names that no package can have
            raise UsageError(
                f"{own} is neither a folder nor a package that Python finds",
                remedy="give --pipelines a folder of declarations, or install the package",
            ) from cause
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]  # two folders may share a name
    name = f"lakeward_pipelines_{folder.resolve().name}_{place}"
    if name not in sys.modules:
        start = folder.resolve() / "__init__.py"
        spec = importlib.util.spec_from_loader(name, None, is_package=True)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        module.__path__ = [str(folder.resolve())]
        sys.modules[name] = module
        if start.exists():
            with _told_with_place(module.__path__, name):
                exec(compile(start.read_text("utf-8"), str(start), "exec"), module.__dict__)  # noqa: S102
    return sys.modules[name]


def project_setting(name: str) -> str | None:
    """Give what `[tool.lakeward]` of the working directory's `pyproject.toml` says; None where it says nothing.

    Raises:
        UsageError: the file cannot be read.
    """
    project = Path("pyproject.toml")
    if not project.is_file():
        return None
    try:
        setting = tomllib.loads(project.read_text("utf-8")).get("tool", {}).get("lakeward", {}).get(name)
    except (ValueError, AttributeError) as cause:
        raise UsageError(
            f"{project.absolute()} cannot be read: {cause}", remedy="mend it: a table [tool.lakeward] with pipelines"
        ) from cause
    return str(setting) if setting else None
