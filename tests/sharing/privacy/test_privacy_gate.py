"""What the gate refuses before a table is published, and what passes it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakeward.lake.errors import EXIT_QUALITY
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column, Open, Personal, Sensitive
from lakeward.lake.treatment import Generalised, Hashed
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy import gate


def _table(*columns: Column) -> Curated:
    return Curated("gold.made", "Made", "虛構", (), "a row", columns, lambda rows: rows)


def _risk(tmp_path: Path, columns: Sequence[Column], rows: dict[str, Any]) -> gate.Risk:
    pq.write_table(pa.table(rows), tmp_path / "made.parquet")
    return gate.judge(Lake.at(str(tmp_path / "lake")), _table(*columns), [tmp_path / "made.parquet"])


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (Column("x", "string", ""), "not classed: x"),
        (Personal("x", "string", ""), "x is personal and not treated"),
        (Sensitive("x", "string", "", treated=Generalised(3)), "x is sensitive and not aggregated"),
        (Open("x", "string", "", holds={"fone": "why"}), "no detector is called"),
    ],
)
def test_a_column_without_a_class_or_its_treatment_is_refused(tmp_path: Path, column: Column, problem: str) -> None:
    (told,) = _risk(tmp_path, [column], {"x": ["a"]}).problems

    assert problem in told


def test_an_open_column_that_holds_a_persons_values_is_refused_without_repeating_them(tmp_path: Path) -> None:
    risk = _risk(tmp_path, [Open("note", "string", "")], {"note": ["晴", "來電 ０９１２－３４５－６７８"]})

    assert [(each.column, each.kind, each.values) for each in risk.found] == [("note", "phone", 1)]
    with pytest.raises(gate.PrivacyRefused) as refused:
        gate.let_pass(risk)
    assert refused.value.exit_code == EXIT_QUALITY
    assert "note holds mobile numbers" in str(refused.value) and "345" not in str(refused.value)


def test_values_said_to_be_no_persons_pass_and_are_told(tmp_path: Path) -> None:
    column = Open("phone", "string", "", holds={"phone": "of the clinic, not of a person"})

    risk = _risk(tmp_path, [column], {"phone": ["(02)2345-6789"]})

    assert [each.kind for each in risk.found] == ["phone"]
    gate.let_pass(risk)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([["A123456789"]]),
        pa.array([{"a": {"b": "A123456789"}}]),
        pa.array([[("who", "A123456789")]], pa.map_(pa.string(), pa.string())),
        pa.array(["A123456789"]).dictionary_encode(),
        pa.array(["A1234\u200b56789"]),
    ],
    ids=lambda values: str(values.type)[:12],
)
def test_values_are_looked_at_however_deep_they_lie(tmp_path: Path, values: Any) -> None:
    risk = _risk(tmp_path, [Open("x", "string", "")], {"x": values})

    assert [each.kind for each in risk.found] == ["id"]


def test_a_telephone_that_became_a_number_is_found_and_a_measured_quantity_is_not(tmp_path: Path) -> None:
    columns = [Open("who", "bigint", ""), Open("volume_kg", "bigint", "", unit="kg")]

    risk = _risk(tmp_path, columns, {"who": [912345678], "volume_kg": [912345678]})

    assert [(each.column, each.kind) for each in risk.found] == [("who", "phone")]


def test_codes_that_have_the_right_check_digit_by_chance_are_no_ids(tmp_path: Path) -> None:
    draw = random.Random(7)  # noqa: S311 (made codes, no secret)
    codes = [f"K1{draw.randrange(10**8):08}" for _ in range(2_000)]

    assert not _risk(tmp_path, [Open("code", "string", "")], {"code": codes}).found


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([(121.5645, 25.0339), (120.2, 22.99), (0.0, 0.0)], True),
        ([(121.56, 25.03), (120.2, 22.99)], False),
        ([(302_154.2, 2_771_022.9), (250_001.0, 2_600_003.0)], True),
        ([(121.5645, 8.25), (120.2, 900.5)], False),
    ],
)
def test_precise_coordinates_are_found_by_the_pair(tmp_path: Path, places: list[Any], found: bool) -> None:
    east, north = zip(*places, strict=True)

    risk = _risk(tmp_path, [Open("a", "double", ""), Open("b", "double", "")], {"a": east, "b": north})

    assert [each.column for each in risk.found] == (["a", "b"] if found else [])


def test_numbers_with_a_unit_of_their_own_are_no_coordinates(tmp_path: Path) -> None:
    columns = [Open("price", "double", "", unit="NT$"), Open("b", "double", "", unit="degrees")]

    assert not _risk(tmp_path, columns, {"price": [121.5645], "b": [25.0339]}).found


@pytest.mark.parametrize(
    ("column", "raw"),
    [
        (Personal("x", "string", "", treated=Hashed()), pa.array(["somebody"])),
        (Personal("x", "double", "", treated=Generalised(0.01)), pa.array([121.5645])),
        (Personal("x", "string", "", treated=Generalised(3)), pa.array(["臺北市大安區"])),
        (Personal("x", "int", "", treated=Generalised(5)), pa.array([37])),
        (Personal("x", "date", "", treated=Generalised("month")), pa.array([19_000], pa.date32())),
    ],
    ids=lambda thing: thing.type if isinstance(thing, Personal) else "",
)
def test_values_finer_than_declared_are_refused(tmp_path: Path, column: Column, raw: Any) -> None:
    (problem,) = _risk(tmp_path, [column], {"x": raw}).problems

    assert "1 values that are not treated as declared" in problem
