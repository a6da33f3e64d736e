"""Hints never lose a row: every file that is left out is read, and no row in it is looked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakeward.sharing.server.hints import hints
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.memory import Memory
from lakeward.sharing.server.snapshot import Snapshot
from lakeward.sharing.server.urls import name_of

COLUMNS: dict[str, pa.DataType] = {
    "part": pa.string(), "number": pa.int64(), "small": pa.int32(), "real": pa.float64(), "word": pa.string(),
    "day": pa.date32(), "at": pa.timestamp("us", "UTC"), "yes": pa.bool_(),
}  # fmt: skip
JSON_TYPES = {
    "part": "string", "number": "long", "small": "int", "real": "double", "word": "string", "day": "date",
    "at": "timestamp", "yes": "bool",
}  # fmt: skip
START = datetime(2024, 1, 1, tzinfo=UTC)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "part": st.sampled_from(["甲", "乙", "a b", "%", "=/"]),
    "number": st.integers(-3, 3) | st.sampled_from([-(1 << 40), 1 << 40]),
    "small": st.integers(-3, 3),
    "real": st.sampled_from([-1.5, -0.0, 0.0, 1.0, 2.5, float("nan"), float("inf"), float("-inf")]),
    "word": st.sampled_from(["", "a", "b", "臺", "z" * 40, "z" * 40 + "b", "\U0001f6b2", "it's"]),
    "day": st.dates(date(2024, 1, 1), date(2024, 1, 4)),
    "at": st.integers(0, 3).map(lambda n: START + timedelta(microseconds=n * 700)),
    "yes": st.booleans(),
}
Row = dict[str, Any]
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | value for name, value in VALUES.items()}), min_size=1, max_size=6
)
OPERATORS = {
    "=": "equal", "<": "lessThan", "<=": "lessThanOrEqual", ">": "greaterThan", ">=": "greaterThanOrEqual",
}  # fmt: skip


def holds(operator: str, left: Any, right: Any) -> bool | None:
    """Compare as Spark does: a null gives null, NaN is the largest number and its own equal."""
    if left is None:
        return None
    if isinstance(left, float):
        left, right = ((value != value, 0.0 if value != value else value) for value in (left, right))  # noqa: PLR0124
    told: bool = {"=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
        operator
    ]
    return told


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Any, Any]:
    """Give a predicate as JSON, and what it is of a row."""
    name = draw(st.sampled_from(list(COLUMNS)))
    column = {"op": "column", "name": draw(st.sampled_from([name, name.upper()])), "valueType": JSON_TYPES[name]}
    if draw(st.booleans()) and draw(st.booleans()):
        return {"op": "isNull", "children": [column]}, lambda row: row[name] is None
    value = draw(VALUES[name].filter(lambda value: not isinstance(value, float) or abs(value) < 9))
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    literal = {"op": "literal", "value": text, "valueType": JSON_TYPES[name]}
    operator = draw(st.sampled_from(list(OPERATORS)))
    if draw(st.booleans()):
        return {"op": OPERATORS[operator], "children": [column, literal]}, lambda row: holds(operator, row[name], value)
    turned = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[operator]
    return {"op": OPERATORS[turned], "children": [literal, column]}, lambda row: holds(operator, row[name], value)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _and(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def _combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def negated(part: Any) -> Any:
        return {"op": "not", "children": [part[0]]}, lambda row: _not(part[1](row))

    def joined(parts: list[Any]) -> Any:
        return {"op": "and", "children": [each[0] for each in parts]}, lambda row: _and(
            [each[1](row) for each in parts]
        )

    def either(parts: list[Any]) -> Any:
        told = {"op": "or", "children": [each[0] for each in parts]}
        return told, lambda row: _not(_and([_not(each[1](row)) for each in parts]))

    several = st.lists(inner, min_size=2, max_size=3)
    return inner.map(negated) | several.map(joined) | several.map(either)


PREDICATES = st.recursive(comparisons(), _combined, max_leaves=5)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Snapshot, dict[str, list[Row]]]]:
    """Write some tables of random rows, partitioned by `part`, and read each file back."""
    found: list[tuple[Snapshot, dict[str, list[Row]]]] = []

    @settings(max_examples=12, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ROWS, min_size=1, max_size=4))
    def make(commits: list[list[Row]]) -> None:
        path: Path = tmp_path_factory.mktemp("table")
        for rows in commits:
            write_deltalake(
                str(path), pa.Table.from_pylist(rows, pa.schema(COLUMNS)), mode="append", partition_by=["part"]
            )
        snapshot = Log(path).snapshot(len(commits) - 1)
        held = {}
        for file in snapshot.files:
            part = file["partitionValues"]["part"]
            rows = pq.ParquetFile(path / name_of(file["path"])).read().to_pylist()
            held[file["path"]] = [{**row, "part": part} for row in rows]
        found.append((snapshot, held))

    make()
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), PREDICATES)
def test_no_row_that_is_looked_for_lies_in_a_file_that_was_left_out(
    written: list[tuple[Snapshot, dict[str, list[Row]]]], data: st.DataObject, predicate: tuple[Any, Any]
) -> None:
    tree, of = predicate
    limit = data.draw(st.none() | st.integers(0, 4))
    for snapshot, held in written:
        chosen = hints(snapshot, (), json.dumps(tree))
        assert chosen.is_all
        kept = {file["path"] for file in chosen.kept(snapshot, Memory(), limit)}
        wanted = {path: sum(of(row) is True for row in rows) for path, rows in held.items()}

        if limit is None:
            assert not [path for path, count in wanted.items() if count and path not in kept]
        else:
            assert sum(wanted[path] for path in kept) >= min(limit, sum(wanted.values()))


def test_files_are_left_out_at_all(written: list[tuple[Snapshot, dict[str, list[Row]]]]) -> None:
    counts = [
        (len(hints(snapshot, ["part = '甲'"], None).kept(snapshot, Memory(), None)), len(snapshot.files))
        for snapshot, _ in written
    ]

    assert sum(kept for kept, _ in counts) < sum(count for _, count in counts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet="`'=<>! ISNOTULLnumberwordday0123456789.-\\臺", max_size=40) | st.text(max_size=20))
def test_any_text_can_be_a_hint(written: list[tuple[Snapshot, dict[str, list[Row]]]], text: str) -> None:
    for snapshot, _ in written[:3]:
        hints(snapshot, [text], text).kept(snapshot, Memory(), None)


def test_a_log_is_read_as_deltalake_reads_it_from_any_checkpoint(tmp_path: Path) -> None:
    from deltalake import DeltaTable

    for number in range(12):
        rows = pa.table({"number": [number], "part": [None if number % 3 else "甲"]})
        write_deltalake(str(tmp_path), rows, mode="append", partition_by=["part"])
        if number in (3, 8):
            DeltaTable(str(tmp_path)).create_checkpoint()
    DeltaTable(str(tmp_path)).delete("number = 2")

    for version in range(13):
        told = DeltaTable(str(tmp_path), version=version).get_add_actions(flatten=True)
        found = Log(tmp_path).snapshot(version)
        assert {name_of(file["path"]) for file in found.files} == {
            name_of(str(path)) for path in told["path"].to_pylist()
        }
        assert {file["size"] for file in found.files} == set(told["size_bytes"].to_pylist())
    for version in range(9):  # what a checkpoint holds need not be kept as commits
        (tmp_path / "_delta_log" / f"{version:020}.json").unlink()
    assert Log(tmp_path).snapshot(12).files and Log(tmp_path).snapshot(8).metadata["partitionColumns"] == ["part"]
    with pytest.raises(FileNotFoundError):
        Log(tmp_path).snapshot(5)


@pytest.mark.parametrize(("kind", "highest", "hint", "is_kept"), [
    ("double", 3, "x > 3", True),  # NaN lies above, and some writers leave it out
    ("double", 3, "x < 1", False),
    ("string", "z" * 32, f"x > '{'z' * 32}'", True),  # cut off by its writer
    ("string", "z", "x > 'z'", False),
    ("long", 3, "x > 3", False),
    ("float", 3, "x < 1", True),
    ("decimal(3,1)", 3, "x > 3", True),
])  # fmt: skip
def test_bounds_that_writers_shorten_are_widened(kind: str, highest: object, hint: str, is_kept: bool) -> None:
    schema = {"fields": [{"name": "x", "type": kind, "metadata": {}}]}
    lowest = "a" if kind == "string" else 1
    stats = {"numRecords": 2, "nullCount": {"x": 0}, "minValues": {"x": lowest}, "maxValues": {"x": highest}}
    table = Snapshot(0, {}, {"schemaString": json.dumps(schema)}, ({"path": "f", "stats": json.dumps(stats)},))

    assert bool(hints(table, [hint], None).kept(table, Memory(), None)) is is_kept
