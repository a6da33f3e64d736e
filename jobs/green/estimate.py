"""From measured use to energy and carbon: a range by a stated model, or what hardware counted."""

from __future__ import annotations

from math import floor, log10

from lakeward.jobs.green.factors import Factors
from lakeward.jobs.green.meter import Meter, Use
from lakeward.lake.costs import Cost, Range

JOULES_PER_KWH = 3.6e6
GIB = 1 << 30
MODELLED = "modelled: CPU seconds x watts a core x PUE"
COUNTED = "read from hardware (RAPL: the whole machine's processors, other work included) x PUE"
UNKNOWN = "not known: nothing is published for this processor; set LAKEWARD_WATTS_PER_CORE"


def cost(use: Use, meter: Meter, released: int = 0) -> Cost:
    """Give what was used as the record keeps it.

    Args:
        use: what was measured.
        meter: what measured it.
        released: bytes of releases, which Spark does not write.
    """
    factors = meter.factors
    told, joules = _joules(use, factors)
    embodied = factors.embodied.value * use.core_seconds / 3600 if factors.embodied else None
    return Cost(
        cpu_seconds=round(use.cpu_seconds, 3),
        cpu_method=meter.method,
        task_seconds=round(use.volumes.task_seconds, 3),
        core_hours=round(use.core_seconds / 3600, 6),
        bytes_scanned=use.volumes.scanned,
        bytes_written=use.volumes.written + use.by_hand + released,
        bytes_shuffled=use.volumes.shuffled,
        peak_memory_bytes=use.peak_bytes,
        energy_method=told,
        energy_joules=joules,
        carbon_g=joules and joules.times(factors.grid_factor.value * 1000 / JOULES_PER_KWH),
        embodied_g=None if embodied is None else _rounded(embodied),
    )


def _joules(use: Use, factors: Factors) -> tuple[str, Range | None]:
    """Give energy and how it is known.

    The low end counts what was used and nothing that stood idle, as on a machine that others keep busy. The middle adds
    the idle power of cores that were reserved, and memory. The high end has all that was reserved under full load.
    """
    pue = factors.pue.value
    if use.joules is not None:
        return COUNTED, Range(*[_rounded(use.joules * pue)] * 3)
    if factors.watts_per_core is None:
        return UNKNOWN, None
    idle, full = factors.watts_per_core.values
    reserved = max(use.core_seconds, use.cpu_seconds)
    memory = use.byte_seconds / GIB * factors.watts_per_gb.value
    low, middle = full * use.cpu_seconds, idle * reserved + (full - idle) * use.cpu_seconds + memory
    return MODELLED, Range(*(_rounded(each * pue) for each in (low, middle, full * reserved + memory)))


def _rounded(value: float) -> float:
    """Keep two digits that count: a model knows no more."""
    return round(value, 1 - floor(log10(abs(value)))) if value else 0.0
