"""What runs cost: part of each step's record in `_runs`, and the Delta table `_costs`, one row a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake

RANGE = pa.struct([("low", pa.float64()), ("mid", pa.float64()), ("high", pa.float64())])
COST = pa.struct([
    ("cpu_seconds", pa.float64()),
    ("cpu_method", pa.string()),
    ("task_seconds", pa.float64()),
    ("core_hours", pa.float64()),
    ("bytes_scanned", pa.int64()),
    ("bytes_written", pa.int64()),
    ("bytes_shuffled", pa.int64()),
    ("peak_memory_bytes", pa.int64()),
    ("energy_method", pa.string()),
    ("energy_joules", RANGE),
    ("carbon_g", RANGE),
    ("embodied_g", pa.float64()),
])  # fmt: skip
TYPES: dict[str, pa.DataType] = {
    "run_id": pa.string(),
    "started_at": pa.timestamp("us", "UTC"),
    "seconds": pa.float64(),
    "host": pa.string(),
    "cores": pa.int32(),
    "rows_written": pa.int64(),
    "bytes_read": pa.int64(),
    "releases": pa.int32(),
    "cost": COST,
    "factors": pa.map_(pa.string(), pa.string()),
    "beside": pa.map_(pa.string(), pa.string()),
}
TABLE = Records("_costs", "costs", TYPES)


@dataclass(frozen=True, slots=True)
class Range:
    """Something modelled: it lies between two ends. What hardware counted has the same number thrice."""

    low: float
    mid: float
    high: float

    def times(self, factor: float) -> Range:
        """Give the range multiplied, with two digits that count."""
        return Range(*(float(f"{each * factor:.2g}") for each in (self.low, self.mid, self.high)))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a step or a run used, and what that stands for.

    Args:
        cpu_seconds: user and system time; measured. A step's is shared out of the run's.
        cpu_method: what was measured.
        task_seconds: Spark's executorCpuTime, which is a part of it only.
        core_hours: cores that were reserved, by the hours they were; side by side, steps share them.
        bytes_scanned: read by Spark from tables and files; what is read from the landing zone is `bytes_read`.
        bytes_written: to tables, and as releases.
        bytes_shuffled: written for other tasks.
        peak_memory_bytes: the most that all processes of the run held at one moment meanwhile.
        energy_method: how energy is known.
        energy_joules: energy with PUE; None where nothing is known of the processor.
        carbon_g: g CO2e of that energy.
        embodied_g: g CO2e of making the machine, where its owner has said what it is.
    """

    cpu_seconds: float
    cpu_method: str
    task_seconds: float
    core_hours: float
    bytes_scanned: int
    bytes_written: int
    bytes_shuffled: int
    peak_memory_bytes: int
    energy_method: str
    energy_joules: Range | None
    carbon_g: Range | None
    embodied_g: float | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Cost:
        """Read it from its record; one written by another version may lack fields, or have more."""
        ranges = {name: told.get(name) and Range(**told[name]) for name in ("energy_joules", "carbon_g")}
        kept = {name: told.get(name) for name in cls.__dataclass_fields__}
        return cls(**{**kept, **ranges})  # type: ignore[arg-type]

    def sci(self, units: float) -> Range | None:
        """Give the Green Software Foundation's SCI: g CO2e, operated and embodied, a unit of work."""
        if self.carbon_g is None or not units:
            return None
        made, each = self.embodied_g or 0.0, self.carbon_g
        return Range(each.low + made, each.mid + made, each.high + made).times(1 / units)


@dataclass(frozen=True, slots=True)
class RunCost:
    """What a whole run cost; more than its steps, for starting Spark and planning belong to none.

    Args:
        run_id: the run.
        started_at: when.
        seconds: how long.
        host: the kind of machine: only runs on the same kind can be compared.
        cores: how many were reserved.
        rows_written: by all steps.
        bytes_read: from the landing zone.
        releases: how many were made.
        cost: all of it.
        factors: what the model multiplied by, each with source and year.
        beside: what codecarbon told of the same run, where it is installed.
    """

    run_id: str
    started_at: datetime
    seconds: float
    host: str
    cores: int
    rows_written: int
    bytes_read: int
    releases: int
    cost: Cost
    factors: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)


def record(lake: Lake, run: RunCost) -> None:
    """Add what a run cost as one commit."""
    told = {**asdict(run), "factors": [*run.factors.items()], "beside": [*run.beside.items()]}
    TABLE.add(lake, [told], about=run.run_id)


def costs(lake: Lake) -> list[RunCost]:
    """Read what every run cost, the newest first."""
    rows = sorted(TABLE.all(lake), key=lambda row: row["started_at"], reverse=True)
    known = RunCost.__dataclass_fields__
    return [
        RunCost(**{
            **{name: value for name, value in row.items() if name in known},
            "cost": Cost.of(row["cost"]), "factors": dict(row["factors"] or ()), "beside": dict(row["beside"] or ()),
        })
        for row in rows
    ]  # fmt: skip
