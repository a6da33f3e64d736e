"""How many files a filter on one value must open is reckoned from the log, whatever the values are."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from lakeward.lake.layout import Layout

FILES, ROWS = 8, 50


def _written(path: Path, files: list[list[Any]], type_: pa.DataType) -> DeltaTable:
    for values in files:
        write_deltalake(path, pa.table({"by": pa.array(values, type_)}), mode="append")
    return DeltaTable(path)


def _sorted(values: list[Any]) -> list[list[Any]]:
    values = sorted(values)
    return [values[at : at + ROWS] for at in range(0, len(values), ROWS)]


def _told(opened: DeltaTable) -> Layout:
    layout = Layout.of(opened, "by")
    assert layout
    return layout


VALUES: dict[str, tuple[list[Any], pa.DataType]] = {
    "int": (list(range(FILES * ROWS)), pa.int64()),
    "double": ([at / 7 for at in range(FILES * ROWS)], pa.float64()),
    "date": ([date(2020, 1, 1) + timedelta(days=at) for at in range(FILES * ROWS)], pa.date32()),
    "timestamp": (
        [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=at) for at in range(FILES * ROWS)], pa.timestamp("us", "UTC"),
    ),
    "string": ([f"臺{at:04}" for at in range(FILES * ROWS)], pa.string()),
    "few strings": ([f"縣 {at % 4}" for at in range(FILES * ROWS)], pa.string()),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_sorted_files_do_not_overlap_and_shuffled_ones_do(kind: str, tmp_path: Path) -> None:
    values, type_ = VALUES[kind]
    rows = list(values)
    random.Random(6).shuffle(rows)  # noqa: S311
    shuffled = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]

    mixed, apart = (
        _told(_written(tmp_path / str(at), each, type_)) for at, each in enumerate((shuffled, _sorted(rows)))
    )

    assert mixed.files == apart.files == FILES and mixed.bytes > 0
    assert mixed.overlap > FILES * 0.6 and mixed.opens == pytest.approx(mixed.overlap)
    assert apart.overlap == pytest.approx(1.0)
    assert apart.opens == pytest.approx(2.0 if kind == "few strings" else 1.0)  # a value that fills two files


def test_what_is_told_is_what_a_filter_opens(tmp_path: Path) -> None:
    """Held against a count: for each row, the files whose least and greatest value its own lies between."""
    dice = random.Random(3)  # noqa: S311
    files = [sorted(dice.sample(range(1_000 * at, 1_000 * at + 4_000), ROWS)) for at in range(FILES)]
    counted = [sum(each[0] <= row <= each[-1] for each in files) for rows in files for row in rows]

    layout = _told(_written(tmp_path / "t", files, pa.int64()))

    assert layout.opens == pytest.approx(sum(counted) / len(counted), rel=0.05)


def test_a_file_without_values_is_opened_by_no_filter(tmp_path: Path) -> None:
    apart = [*_sorted(VALUES["int"][0]), [None] * ROWS]

    layout = _told(_written(tmp_path / "t", apart, pa.int64()))

    assert layout.files == FILES + 1 and layout.overlap == pytest.approx(1.0)


def test_a_table_whose_log_tells_no_values_has_no_layout(tmp_path: Path) -> None:
    opened = _written(tmp_path / "t", [[b"a"], [b"b"]], pa.binary())

    assert Layout.of(opened, "by") is None
    assert Layout.of(opened, "other") is None
