"""What a delivery's columns look like in numbers, found in the pass that checks its rows; the table `_profiles`.

Values are kept only where they are few: as categories of a column that repeats them. Everything else is counts and
quantiles, so that no name, number or address of a person is kept here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake
from lakeward.quality.compiled import Answers, Measure, rows_where
from lakeward.quality.sql import name
from lakeward.quality.watched import ROWS

RANKS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
MOST_CATEGORIES = 60
"""More values than these are no list that a person would look over: about the towns of three counties."""
LEAST_REPEATED = 5
"""Values that repeat less often than this, on average, may be names of persons or places, and are not kept."""
TRACKED = 512
NUMBER = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
MOMENT = {"date": "unix_date({})", "timestamp": "unix_seconds({})"}
# A KLL sketch took a twentieth of the time of `percentile_approx`; ranks are true to 1.3 %. Spark has no empty sketch.
QUANTILES = (
    "CASE WHEN count({}) > 0 THEN kll_sketch_get_quantile_double(kll_sketch_agg_double(cast({} as double)), "
    f"array({', '.join(f'{rank}D' for rank in RANKS)})) END"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of one delivery.

    Args:
        rows: good rows.
        nulls: of them without a value.
        zeros: of them 0; None where the column holds no numbers.
        spread: the quantiles at `RANKS` of numbers that are not 0, or the first and last day or second since 1970.
        categories: how often each value occurs; None where they are many, or not text.
    """

    rows: int
    nulls: int
    zeros: int | None = None
    spread: tuple[float, ...] = ()
    categories: Mapping[str, int] | None = None

    @property
    def filled(self) -> int:
        """Rows with a value."""
        return self.rows - self.nulls


@dataclass(frozen=True, slots=True)
class Profiled:
    """A delivery as it was profiled.

    Args:
        table: the table's full name.
        batch: the delivery's file.
        sha256: of the delivery.
        layout: the shape that its file had.
        columns: a profile of each column, by name.
        drift: what is unlike the deliveries before it, in words.
    """

    table: str
    batch: str
    sha256: str
    layout: str
    columns: Mapping[str, Profile]
    drift: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Its good rows."""
        return next(iter(self.columns.values())).rows


def measures(types: Mapping[str, str]) -> tuple[Measure, ...]:
    """List the numbers that profiles of some columns are made of."""
    return (ROWS, *(each for column, type_ in types.items() for each in _measures(column, type_).values()))


def profiles(types: Mapping[str, str], answers: Answers) -> dict[str, Profile]:
    """Make profiles of the numbers that a pass found."""
    return {column: _profile(column, type_, answers) for column, type_ in types.items()}


def _measures(column: str, type_: str) -> dict[str, Measure]:
    value = name(column)
    asked = {"filled": rows_where(f"{value} is not null")}
    if type_.startswith(NUMBER):
        asked["zeros"] = rows_where(f"{value} = 0")
        asked["spread"] = Measure(QUANTILES, f"nullif({value}, 0)")
    elif type_ in MOMENT:
        moment = MOMENT[type_].format(value)
        asked["spread"] = Measure("CASE WHEN count({}) > 0 THEN array(min({}), max({})) END", moment)
    elif type_ in ("string", "boolean"):
        asked["categories"] = Measure(f"approx_top_k({{}}, {MOST_CATEGORIES}, {TRACKED})", f"cast({value} as string)")
    return asked


def _profile(column: str, type_: str, answers: Answers) -> Profile:
    found = {what: answers[measure] for what, measure in _measures(column, type_).items()}
    rows, filled = answers[ROWS], found["filled"]
    top = {each["item"]: each["count"] for each in found.get("categories") or () if each["item"] is not None}
    is_all = sum(top.values()) == filled  # the sketch leaves rarer values out when there are many
    is_kept = bool(top) and is_all and filled >= LEAST_REPEATED * len(top)
    spread = tuple(map(float, found.get("spread") or ()))
    return Profile(rows, rows - filled, found.get("zeros"), spread, top if is_kept else None)


TYPES: dict[str, pa.DataType] = {
    "table_name": pa.string(),
    "batch": pa.string(),
    "sha256": pa.string(),
    "layout": pa.string(),
    "run_id": pa.string(),
    "profiled_at": pa.timestamp("us", "UTC"),
    "column": pa.string(),
    "rows": pa.int64(),
    "nulls": pa.int64(),
    "zeros": pa.int64(),
    "spread": pa.list_(pa.float64()),
    "categories": pa.string(),
    "drift": pa.list_(pa.string()),
}
TABLE = Records("_profiles", "profiles", TYPES)


def record(lake: Lake, run_id: str, told: Sequence[Profiled]) -> None:
    """Add deliveries' profiles as one commit: a record a column, and one without a column for each as a whole."""
    now = datetime.now(UTC)
    rows = [
        {
            "table_name": each.table, "batch": each.batch, "sha256": each.sha256, "layout": each.layout,
            "run_id": run_id, "profiled_at": now, "column": column, "rows": profile.rows, "nulls": profile.nulls,
            "zeros": profile.zeros, "spread": list(profile.spread), "categories": _text(profile.categories),
            "drift": list(each.drift) if not column else [],
        }
        for each in told
        for column, profile in {"": Profile(each.rows, 0), **each.columns}.items()
    ]  # fmt: skip
    TABLE.add(lake, rows, about=told[0].table if told else "")


def _text(categories: Mapping[str, int] | None) -> str | None:
    return None if categories is None else json.dumps(dict(categories), ensure_ascii=False)


def records(lake: Lake, table: str) -> list[dict[str, Any]]:
    """Read the profiles of a table's deliveries, the oldest first."""
    return sorted(TABLE.of(lake, "table_name", table), key=lambda row: row["profiled_at"])


def deliveries(rows: Sequence[Mapping[str, Any]]) -> list[Profiled]:
    """Gather records as deliveries, each as it was profiled last, in the order of their records."""
    newest = {(row["sha256"], row["column"]): row for row in rows}
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for (sha256, _), row in newest.items():
        grouped.setdefault(sha256, []).append(row)
    return [
        Profiled(
            of[0]["table_name"], of[0]["batch"], sha256, of[0]["layout"],
            {row["column"]: _read(row) for row in of if row["column"]},
            next((tuple(row["drift"]) for row in of if not row["column"]), ()),
        )
        for sha256, of in grouped.items()
    ]  # fmt: skip


def _read(row: Mapping[str, Any]) -> Profile:
    categories = json.loads(row["categories"]) if row["categories"] is not None else None
    return Profile(row["rows"], row["nulls"], row["zeros"], tuple(row["spread"]), categories)
