"""What changed since the release before is counted by key, and said in both languages."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from rain_lake import ROWS, rain_of

from lakeward.sharing.releases.changes import columns_changed, in_words, rows_changed

KEY = ("county", "on")
DAY = date(2021, 1, 1)
TABLES = st.dictionaries(st.sampled_from("甲乙丙丁"), st.none() | st.sampled_from([0.0, 1.5]))


def test_rows_are_counted_by_key() -> None:
    after = rain_of([ROWS[0], ("甲縣", date(2021, 1, 2), 7.0), ("丙縣", DAY, 1.0)])

    assert rows_changed(rain_of(ROWS), after, KEY) == {"added": 1, "removed": 1, "changed": 1, "cells": {"rain_mm": 1}}
    assert rows_changed(rain_of(ROWS), after, ()) == {"added": 2, "removed": 2, "changed": 0, "cells": {}}


def test_a_key_of_another_type_is_not_compared_by() -> None:
    before = pa.table({"k": ["1"], "v": [1]})
    after = pa.table({"k": [1], "v": [1]})

    assert rows_changed(before, after, ["k"]) == {"added": 0, "removed": 0, "changed": 0, "cells": {}}


def test_a_row_that_repeats_its_key_does_not_hide_that_a_key_of_nulls_is_the_same() -> None:
    rows = pa.table({"k": pa.array([None, "a"], pa.string()), "v": [1, 2]})

    assert rows_changed(rows, rows, ["k"])["added"] == 0


@settings(deadline=None, max_examples=12)
@given(TABLES, TABLES)
def test_counts_equal_those_of_a_plain_comparison(
    before: dict[str, float | None], after: dict[str, float | None]
) -> None:
    def table(rows: dict[str, float | None]) -> pa.Table:
        return pa.table({"k": pa.array(list(rows), pa.string()), "v": pa.array(list(rows.values()), pa.float64())})

    told = rows_changed(table(before), table(after), ["k"])

    changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
    assert (told["added"], told["removed"], told["changed"]) == (
        len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed,
    )  # fmt: skip


def test_columns_and_words() -> None:
    def column(name: str, kind: str = "double", unit: str = "") -> dict[str, str]:
        return {"name": name, "type": kind, "unit": unit}

    moved = columns_changed(
        [column("a"), column("b"), column("c", unit="mm"), column("d")],
        [column("a", "int"), column("c", unit="cm"), column("d"), column("e")],
    )
    words = in_words("1.2", {"added": 1200, "removed": 0, "changed": 3}, moved)

    assert moved == {"added": ["e"], "removed": ["b"], "retyped": ["a"], "unit_changed": ["c"]}
    assert words["zh"].startswith("與 1.2 版相比：新增 1,200 列；修改 3 列；移除 0 列；新增欄位：e；移除欄位：b")
    assert words["en"].startswith("Since 1.2: 1,200 rows added; 3 changed; 0 removed; new columns: e; columns gone: b")
