"""What measured use is multiplied by to tell energy and carbon: each factor with its source and year, each settable.

A setting is a variable (`LAKEWARD_PUE="1.3 our electrician 2026"`) or a value of `[tool.lakeward.green]` in the
`pyproject.toml` of the working folder (`pue = "1.3 our electrician 2026"`): numbers first, then where they come from.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from lakeward.jobs.green.processor import SOURCE, WATTS, YEAR, processor
from lakeward.lake.errors import UsageError

FORM = re.compile(r"(?P<low>\d+(\.\d+)?)(-(?P<high>\d+(\.\d+)?))?(\s+(?P<source>.+))?")
PROJECT = Path("pyproject.toml")


@dataclass(frozen=True, slots=True)
class Factor:
    """A number, or two for idle and full load, and where it comes from."""

    values: tuple[float, ...]
    source: str
    year: str

    @property
    def value(self) -> float:
        """The number, or the last of two."""
        return self.values[-1]

    def __str__(self) -> str:
        return f"{'-'.join(f'{each:g}' for each in self.values)} ({self.source}{f', {self.year}' if self.year else ''})"


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything that the model multiplies by.

    Args:
        watts_per_core: what a core draws idle and at full load, as `0.64-3.97`; None for a processor of which nothing
            is known: there is no energy then, rather than that of some other processor.
        watts_per_gb: what a gigabyte of memory in use draws.
        pue: what the whole building draws for each watt of its machines.
        grid_factor: kg CO2e a kWh, where the machine stands.
        embodied: g CO2e a core and hour of making the machine; None when nobody has said.
    """

    watts_per_core: Factor | None
    watts_per_gb: Factor
    pue: Factor
    grid_factor: Factor
    embodied: Factor | None

    def told(self) -> dict[str, str]:
        """Give each factor with its source, for the record of a run."""
        return {each.name: str(getattr(self, each.name) or "not known") for each in fields(self)}


DEFAULTS = {
    "watts_per_gb": Factor((0.392,), "Cloud Carbon Footprint, methodology, average of Crucial's and Micron's", "2021"),
    "pue": Factor((1.56,), "Uptime Institute, Global Data Center Survey, average; an office has 1", "2024"),
    "grid_factor": Factor((0.494,), "Taiwan, 經濟部 Ministry of Economic Affairs, 電力排碳係數, 2024-04-26", "2023"),
}


def factors() -> Factors:
    """Resolve the factors: variables, then the project's file, then what is published.

    Raises:
        UsageError: a setting is no number.
    """
    family = processor().family
    published = {"watts_per_core": Factor(WATTS[family], f"{SOURCE}: {family}", YEAR)} if family else {}
    given = _given()
    if unknown := given.keys() - {each.name for each in fields(Factors)}:
        raise UsageError(
            f"[tool.lakeward.green] sets {', '.join(sorted(unknown))}, which is no factor",
            remedy=f"use {', '.join(each.name for each in fields(Factors))}",
        )
    found: dict[str, Factor | None] = {**dict.fromkeys(each.name for each in fields(Factors)), **DEFAULTS, **published}
    found |= {name: _read(name, text) for name, text in given.items()}
    return Factors(**found)  # type: ignore[arg-type]


def _given() -> Mapping[str, str]:
    told: dict[str, str] = {}
    if PROJECT.is_file():
        try:
            told |= tomllib.loads(PROJECT.read_text("utf-8")).get("tool", {}).get("lakeward", {}).get("green", {})
        except (ValueError, AttributeError) as cause:
            raise UsageError(
                f"{PROJECT.absolute()} cannot be read: {cause}", remedy="mend it: a table [tool.lakeward.green]"
            ) from cause
    variables = {each.name: os.environ.get(f"LAKEWARD_{each.name.upper()}", "") for each in fields(Factors)}
    return told | {name: text for name, text in variables.items() if text}


def _read(name: str, text: object) -> Factor:
    told = FORM.fullmatch(str(text).strip())
    if not told or (bool(told["high"]) != (name == "watts_per_core")):
        raise UsageError(
            f"{name} cannot be {text}",
            remedy='write numbers first, then their source: LAKEWARD_WATTS_PER_CORE="0.64-3.97 our meter, 2026" (idle '
            'and full load), LAKEWARD_PUE="1.3 our electrician 2026"',
        )
    values = tuple(float(each) for each in (told["low"], told["high"]) if each)
    source = told["source"] or f"set as {name}, without a source"
    years = re.findall(r"\b(?:19|20)\d\d\b", source)
    return Factor(values, source, years[-1] if years else "")
