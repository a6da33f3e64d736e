"""Classes and functions as Markdown, from their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

PART = re.compile(r"^(Args|Raises|Returns|Yields):$")
ENTRY = re.compile(r"^ {4}(\w[\w.*]*): (.*)$")
WORDS = {"Args": "Arguments", "Raises": "Errors"}


def told(name: str, thing: Any, depth: int) -> Iterator[str]:
    """Tell a thing: its signature, its docstring, and of a class its public parts."""
    yield from (f"{'#' * depth} `{name}`", "", *_signature(name, thing), *_docstring(inspect.getdoc(thing) or ""), "")
    if inspect.isclass(thing):
        for part in sorted(_parts(thing), key=lambda part: part[0]):
            yield from told(f"{name.rpartition('.')[2]}.{part[0]}", part[1], depth + 1)


def _parts(thing: type) -> Iterator[tuple[str, Any]]:
    """Give methods and properties that users call and somebody described; a field is told among the arguments."""
    for name, found in inspect.getmembers(thing):
        called = found.fget if isinstance(found, property) else found
        ours = (getattr(called, "__module__", "") or "").startswith("lakeward") and getattr(called, "__doc__", "")
        if ours and (not name.startswith("_") or name == "__getitem__") and callable(called):
            yield name, called


def _signature(name: str, thing: Any) -> list[str]:
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except (TypeError, ValueError):
        return []
    shown = [str(each.replace(annotation=_short(each.annotation))) for each in parameters if each.name != "self"]
    named = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    if named and not any(each.startswith("*") for each in shown):
        shown.insert(len(shown) - len(named), "*")
    called = f"{name}({', '.join(shown)})"
    if len(called) > 100:
        called = f"{name}(\n    " + ",\n    ".join(shown) + ",\n)"
    return ["```text", re.sub(r"<factory>|<object object at \w+>", "…", called), "```", ""]


def _short(annotation: Any) -> Any:
    return _Text(annotation) if isinstance(annotation, str) else annotation


class _Text(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _docstring(text: str) -> Iterator[str]:
    """Give a docstring as Markdown: its lists of arguments and errors become lists."""
    in_part = False
    for line in text.split("\n"):
        if part := PART.match(line):
            in_part = True
            yield from ("", f"**{WORDS.get(part[1], part[1])}**", "")
        elif in_part and (entry := ENTRY.match(line)):
            yield f"- `{entry[1]}`: {entry[2]}"
        elif in_part and line.startswith(" "):
            yield f"    {line.strip()}"
        else:
            in_part = in_part and not line
            yield line
