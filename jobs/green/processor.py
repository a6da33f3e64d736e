"""Which processor this machine has, and what cores of its kind draw as published."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

CPUINFO = Path("/proc/cpuinfo")
SOURCE, YEAR = "Cloud Carbon Footprint, coefficients-azure-use.csv (from SPECpower), watts a virtual core", "2023"
# What each family draws a virtual core, idle and at full load; SOURCE's second decimal is its last that means anything.
WATTS = {
    "Haswell": (1.90, 6.01),
    "Broadwell": (0.71, 3.69),
    "Skylake": (0.64, 4.19),
    "Cascade Lake": (0.64, 3.97),
    "Coffee Lake": (1.14, 5.42),
    "EPYC 1st Gen": (0.82, 2.55),
    "EPYC 2nd Gen": (0.47, 1.69),
    "EPYC 3rd Gen": (0.45, 2.02),
}
FAMILIES = {
    ("GenuineIntel", 6, 63): "Haswell",
    ("GenuineIntel", 6, 79): "Broadwell",
    ("GenuineIntel", 6, 85): "Skylake",
    ("GenuineIntel", 6, 158): "Coffee Lake",
    ("AuthenticAMD", 23, 1): "EPYC 1st Gen",
    ("AuthenticAMD", 23, 49): "EPYC 2nd Gen",
    ("AuthenticAMD", 25, 1): "EPYC 3rd Gen",
}
CASCADE_LAKE = range(5, 8)
"""Steppings that tell it from Skylake, whose model it shares."""


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor, by the name that it gives itself, and the family whose power was published; empty when none was."""

    name: str
    family: str = ""


def processor(told: Path = CPUINFO) -> Processor:
    """Say which processor this is."""
    try:
        lines = told.read_text("utf-8", "replace").partition("\n\n")[0].splitlines()
    except OSError:
        return Processor(f"{platform.machine()} {platform.processor()}".strip())
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    vendor, numbers = facts.get("vendor_id", ""), [facts.get(key, "") for key in ("cpu family", "model", "stepping")]
    if not all(number.isdecimal() for number in numbers):
        return Processor(facts.get("model name") or platform.machine())
    family, model, stepping = map(int, numbers)
    found = FAMILIES.get((vendor, family, model), "")
    if found == "Skylake" and stepping in CASCADE_LAKE:
        found = "Cascade Lake"
    return Processor(f"{facts.get('model name', vendor)} ({family}/{model})", found)


def host() -> str:
    """Name the kind of machine: only runs on the same kind can be compared."""
    return f"{processor().name}, {os.cpu_count()} cores, {psutil.virtual_memory().total / (1 << 30):.0f} GiB"
