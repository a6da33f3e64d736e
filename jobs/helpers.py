"""The code that a function stands on: its own, that of every helper it calls, and the values that they use.

Only what it names is followed, so that an edit elsewhere in the same file changes nothing. Libraries are not looked
into: their versions stand for them. What a function imports when it runs is taken in as whole files.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from importlib.util import find_spec, resolve_name
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from lakeward.pipelines.dataset import Changes, Curated, Dataset

OURS = "lakeward.pipelines"


def code_of(function: Any) -> str:
    """Give everything that a function's result rests on, in an order that holds from process to process."""
    own = str(getattr(inspect.unwrap(function), "__module__", "")).partition(".")[0]
    walk = _Walk((OURS, own))
    walk.value("", function)
    return _portable(walk.found, own)


def code_in(modules: Iterable[str]) -> str:
    """Give the files of modules, with those of ours that they import; none of them is imported."""
    found = ""
    for module in sorted(set(modules)):
        own = module.partition(".")[0]
        walk = _Walk((OURS, own))
        with suppress(ImportError):  # what is not there is told where the class is asked for
            walk.file(module)
        found += _portable(walk.found, own)
    return found


def _portable(found: Iterable[str], own: str) -> str:
    told = "\n".join(sorted(found))
    return told if own == "lakeward" else told.replace(own, "own")  # a folder may lie elsewhere tomorrow


class _Walk:
    """Follows names from a function; `found` is what was met, each with where it was."""

    def __init__(self, roots: tuple[str, ...]) -> None:
        self._roots = tuple(root for root in roots if root and root != "lakeward")
        self._seen: set[int] = set()
        self._files: set[str] = set()
        self._plain: set[str] = set()  # files that are no packages: what is taken from them is no module
        self.found: set[str] = set()

    def value(self, name: str, thing: Any) -> None:
        """Take in whatever a name stands for."""
        if isinstance(thing, functools.partial):
            for each in (thing.func, thing.args, thing.keywords):
                self.value(name, each)
        elif isinstance(thing, Dataset | Curated | Changes):
            self.found.add(f"{name}={thing.name}")  # its rows count, and they have a version
        elif isinstance(thing, ModuleType | type) or callable(thing):
            self._code(name, inspect.unwrap(thing) if callable(thing) else thing)
        else:
            self.found.add(f"{name}={_told(thing)}")

    def _is_ours(self, module: str) -> bool:
        return any(module == root or module.startswith(f"{root}.") for root in self._roots)

    def _code(self, name: str, thing: Any) -> None:
        module = str(getattr(thing, "__module__", None) or getattr(thing, "__name__", ""))
        if id(thing) in self._seen or not self._is_ours(module):
            return
        self._seen.add(id(thing))
        if isinstance(thing, type):
            self.found.add(f"{module}.{thing.__qualname__}: {_source(thing)}")
            for each in vars(thing).values():
                self._code(name, getattr(each, "fget", None) or getattr(each, "__func__", each))
        elif isinstance(thing, FunctionType):
            self.found.add(f"{module}.{thing.__qualname__}: {_source(thing)}")
            cells = inspect.getclosurevars(thing)
            for key, value in cells.nonlocals.items():
                self.value(key, value)
            for key in _names(thing.__code__):
                if key in thing.__globals__:
                    self._global(key, thing.__globals__[key], thing.__code__)
            for lazily in _imports(_text(thing), str(thing.__globals__.get("__package__") or "")):
                self.file(lazily)

    def _global(self, name: str, thing: Any, code: CodeType) -> None:
        if isinstance(thing, ModuleType) and self._is_ours(thing.__name__):
            for each in _names(code):
                if each in vars(thing):
                    self.value(f"{thing.__name__}.{each}", vars(thing)[each])
        else:
            self.value(name, thing)

    def file(self, module: str) -> None:
        """Take in a module that is imported when the function runs, whole, with what it imports of ours."""
        if module in self._files or module.rpartition(".")[0] in self._plain or not self._is_ours(module):
            return
        self._files.add(module)
        spec = find_spec(module)
        if spec and spec.submodule_search_locations is None:
            self._plain.add(module)
        if spec is None or not spec.origin or not spec.loader:
            return
        text = spec.loader.get_source(module) if hasattr(spec.loader, "get_source") else Path(spec.origin).read_text()
        self.found.add(f"{module}: {text}")
        for each in _imports(text or "", spec.parent or ""):
            self.file(each)


def _names(code: CodeType) -> Iterator[str]:
    """Name what code refers to, with the functions inside it."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)


@functools.cache
def _imports(text: str, package: str) -> tuple[str, ...]:
    """Name the modules that code imports; what is taken from a package may be one itself."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:  # a lambda within a call
        return ()
    found: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            name = f"{'.' * node.level}{node.module or ''}"
            module = resolve_name(name, package) if node.level else name
            found += [module, *(f"{module}.{each.name}" for each in node.names)]
    return tuple(found)


@functools.cache
def _source(thing: Any) -> str:
    """Give code without its comments and layout; what was typed into a shell has but its compiled form."""
    text = _text(thing)
    if not text:
        code = getattr(thing, "__code__", None)
        return f"{code.co_code.hex()}{code.co_consts!r}" if code else ""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:  # a lambda within a call: its lines are all there is
        return text


@functools.cache
def _text(thing: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError):
        return ""


def _told(thing: Any) -> str:
    """Say a value; sets in order, objects that are not data by their type."""
    if isinstance(thing, Mapping):
        return str([(_told(key), _told(value)) for key, value in thing.items()])
    if isinstance(thing, set | frozenset):
        return str(sorted(map(_told, thing)))
    if isinstance(thing, list | tuple):
        return str([_told(each) for each in thing])
    if isinstance(thing, str | bytes | int | float | None) or is_dataclass(thing):
        return repr(thing)
    return type(thing).__qualname__
