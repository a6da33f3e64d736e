"""Suites as Great Expectations writes them: JSON in, expectations out, and back. GX itself is not needed."""

from __future__ import annotations

import datetime as dt
import json
import math
import pkgutil
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast, get_args

from lakeward.lake.errors import UsageError
from lakeward.quality.expect import Expectation, Severity

ALSO = ("id", "description", "notes")


def suite_from(path: str | Path) -> tuple[Expectation, ...]:
    """Read a suite from a file of GX 1.x (`gx/expectations/NAME.json`).

    Raises:
        UsageError: the file is not there, or is no such suite.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as cause:
        raise UsageError(f"{path} cannot be read", remedy="give the path of a suite's JSON file") from cause
    return _suite(content, str(path))


def suite_beside(module: str, path: str) -> tuple[Expectation, ...]:
    """Read a suite that lies beside a declaration: `suite=suite_beside(__name__, "suites/crashes.json")`.

    Args:
        module: the declaration's `__name__`; it may be in a folder, a wheel or a zip.
        path: of the file, relative to the declaration's, with `/`.

    Raises:
        UsageError: the file is not there, or is no suite of GX 1.x.
    """
    try:
        content = pkgutil.get_data(module, path)
    except OSError as cause:
        raise UsageError(
            f"{module}: there is no {path}", remedy="put the suite's file beside the declaration"
        ) from cause
    if content is None:
        raise UsageError(f"{module} is no module that lies in a file", remedy="pass __name__ as it stands")
    return _suite(content, path)


def suite_json(name: str, suite: Sequence[Expectation]) -> dict[str, Any]:
    """Give a suite as GX writes it, to be dumped as JSON.

    GX loads it when it knows all the types: those of `lakeward.quality.across` it does not.
    """
    return {
        "name": name,
        "expectations": [configuration(each) for each in suite],
        "meta": {"great_expectations_version": gx_version()},
    }


def configuration(expectation: Expectation) -> dict[str, Any]:
    """Give one expectation as GX writes it in suites and in results."""
    return {
        "type": expectation.type,
        "kwargs": plain(expectation.arguments),
        "meta": plain(expectation.meta),
        "severity": expectation.severity,
        **plain(expectation.also),
    }


def gx_version() -> str:
    """Say which GX is installed, without importing it."""
    return version("great-expectations")


def _suite(content: bytes, where: str) -> tuple[Expectation, ...]:
    try:
        told = json.loads(content)
    except ValueError as cause:
        raise UsageError(f"{where} is no JSON: {cause}", remedy="take the file that GX wrote, whole") from cause
    expectations = told.get("expectations") if isinstance(told, dict) else None
    if not isinstance(expectations, list):
        raise UsageError(
            f"{where} is no suite: it has no list of expectations", remedy="take gx/expectations/NAME.json"
        )
    return tuple(_expectation(each, f"{where}, expectation {n}") for n, each in enumerate(expectations, start=1))


def _expectation(told: Any, where: str) -> Expectation:
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        is_old = isinstance(told, dict) and "expectation_type" in told
        remedy = "open and save the suite with GX 1.x" if is_old else "an expectation has a type and kwargs"
        raise UsageError(f"{where} has no type", remedy=remedy)
    arguments, severity = told.get("kwargs") or {}, told.get("severity") or "critical"
    if severity not in get_args(Severity):
        raise UsageError(
            f"{where}: its severity is {severity!r}", remedy=f"write one of {', '.join(get_args(Severity))}"
        )
    if not isinstance(arguments, dict):
        raise UsageError(f"{where}: its kwargs are no object", remedy="write them as names and values")
    if missing := [key for key, value in arguments.items() if isinstance(value, dict) and "$PARAMETER" in value]:
        raise UsageError(
            f"{where}: {', '.join(missing)} is to be given at run time", remedy="write the value itself into the suite"
        )
    also = {key: told[key] for key in ALSO if told.get(key) is not None}
    return Expectation(told["type"], _arguments(arguments), cast("Severity", severity), told.get("meta") or {}, also)


def _arguments(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Give GX's arguments as `expect` does: tuples for lists, Spark SQL conditions as text."""
    told = {key: tuple(value) if isinstance(value, list) else value for key, value in kwargs.items()}
    condition = told.get("row_condition")
    if isinstance(condition, Mapping) and condition.get("type") == "pass_through":
        told["row_condition"] = condition["pass_through_filter"]
    return told


def plain(value: Any) -> Any:
    """Give a value in JSON's own types, as GX does: numbers for decimals, ISO text for times, null for no number."""
    match value:
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case str() | bool() | int() | None:
            return value
        case dt.date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
    return str(value)
