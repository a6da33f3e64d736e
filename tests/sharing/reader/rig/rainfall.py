"""Made rows of `gold.rain_day`."""

from __future__ import annotations

from datetime import date

import pyarrow as pa


def rain(*rows: tuple[str, date, float | None]) -> pa.Table:
    """Give rows of `gold.rain_day`."""
    gauges, days, depths = zip(*rows, strict=True)
    count = len(rows)
    return pa.table({
        "gauge_id": gauges, "fell_on": days, "rain_mm": pa.array(depths, pa.float64()), "kind": ["1"] * count,
        "lon_deg": [121.537] * count, "lat_deg": [25.048] * count,
    })  # fmt: skip
