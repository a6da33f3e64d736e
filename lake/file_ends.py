"""What a log notes of a data file that Arrow wrote: rows, missing values, least and greatest values."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LETTERS = 32
"""Delta notes so many letters of a text; longer ones have no noted ends here."""
A_MILLISECOND = timedelta(milliseconds=1)
Ends = tuple[Any, Any]


def statistics(rows: pa.Table, indexed: int) -> str:
    """Give the `stats` of a file in Delta's log.

    Args:
        rows: what the file holds.
        indexed: of how many columns, from the first on, more than the rows are noted.

    Source:
        Delta's protocol, "Per-file statistics". A time is noted in milliseconds, the greatest rounded up.
    """
    columns = [each for each in rows.schema if not pa.types.is_nested(each.type)][:indexed]
    ends = {each.name: _ends(rows.column(each.name)) for each in columns}
    noted = {name: each for name, each in ends.items() if each is not None}
    return json.dumps({
        "numRecords": rows.num_rows,
        "minValues": {name: least for name, (least, _) in noted.items()},
        "maxValues": {name: greatest for name, (_, greatest) in noted.items()},
        "nullCount": {each.name: rows.column(each.name).null_count for each in columns},
    }, ensure_ascii=False)  # fmt: skip


def _ends(values: pa.ChunkedArray[Any]) -> Ends | None:
    """Give the ends as a log has them; None where there are none, or none that can be told exactly."""
    kind = values.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_string(kind) or _is_when(kind)):
        return None
    if pa.types.is_floating(kind) and not pc.all(pc.is_finite(values), min_count=0).as_py():
        return None
    told = pc.min_max(values)
    least, greatest = told["min"], told["max"]
    if not least.is_valid:
        return None
    if pa.types.is_timestamp(kind):
        return _moment(least), _moment(greatest, up=True)
    ends = least.as_py(), greatest.as_py()
    if isinstance(ends[0], date):
        return ends[0].isoformat(), ends[1].isoformat()
    return None if isinstance(ends[0], str) and max(map(len, ends)) > LETTERS else ends


def _is_when(kind: pa.DataType) -> bool:
    return pa.types.is_date(kind) or pa.types.is_timestamp(kind)


def _moment(end: pa.Scalar[Any], *, up: bool = False) -> str:
    # By hand: Arrow would load pandas to turn a time into one of Python's.
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=end.cast(pa.int64()).as_py())
    told = at.replace(microsecond=at.microsecond // 1000 * 1000)
    told += A_MILLISECOND if up and told != at else timedelta()
    return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")
