"""Which rows have a key of others: held against Python's own sets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from lakeward.lake.keys import Keys

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
KINDS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "text": (pa.string(), [None, "", "a", "臺北"]),
    "whole": (pa.int32(), [None, 0, -1, 5]),
    "day": (pa.date32(), [date(1911, 1, 1), date(2020, 2, 29)]),
    "time": (pa.timestamp("us", "UTC"), [None, *(NOON + timedelta(microseconds=each) for each in range(3))]),
    "exact": (pa.decimal128(12, 2), [None, Decimal("1.10"), Decimal("2.00")]),
    "long": (pa.int64(), [2**63 - 1, -(2**63), 7]),
}


def _rows(of: Random, names: list[str], most: int) -> pa.Table:
    """Make rows in two chunks, as a file's parts have them."""
    schema = pa.schema([(name, KINDS[name][0]) for name in names])
    chunks = [[{name: of.choice(KINDS[name][1]) for name in names} for _ in range(of.randrange(most))] for _ in "ab"]
    return pa.concat_tables([pa.Table.from_pylist(chunk, schema) for chunk in chunks])


@pytest.mark.parametrize("seed", range(300))
def test_rows_with_one_of_the_keys_are_found(seed: int) -> None:
    of = Random(seed)  # noqa: S311 - made rows
    names = of.sample([*KINDS], of.randint(1, 4))
    ours, theirs = _rows(of, names, 8).group_by(names).aggregate([]), _rows(of, names, 12)

    found = Keys.of(ours, names).held_by(theirs).to_pylist()

    known = {tuple(row.values()) for row in ours.to_pylist()}
    assert found == [tuple(row.values()) in known for row in theirs.to_pylist()]


def test_many_values_in_each_part_do_not_mix() -> None:
    """Numbered by the product of all parts, these keys would need more than 64 bits."""
    count = 70_000
    parts = {f"part_{at}": pa.array([(each * 3 + at) % count for each in range(count)]) for at in range(4)}
    rows = pa.table(parts)
    turned = rows.set_column(3, "part_3", rows.column("part_3").combine_chunks().take(pa.array(range(count)[::-1])))

    keys = Keys.of(rows, rows.column_names)
    assert keys.held_by(rows).to_pylist() == [True] * count
    assert keys.held_by(turned).to_pylist() == [False] * count


def test_of_keys_that_repeat_none_is_taken_for_another() -> None:
    rows = pa.table({"a": ["x", "x", None], "b": [1, 1, 2]})

    with pytest.raises(ValueError, match="of 3 rows some have the same a, b"):
        Keys.of(rows, ["a", "b"])
