"""Which columns become rows, and what a plan says of them before any is read."""

from __future__ import annotations

import pytest

from lakeward.lake.errors import DeliveryRefused, UsageError
from lakeward.lake.table import Column
from lakeward.pipelines.contract import Delivered, examine
from lakeward.pipelines.dataset import Dataset, Source, Unpivot
from lakeward.pipelines.head import Head

AGES = Unpivot(r"^(?P<age>\d+)歲(?:以上)?[-_]?(?P<sex>男|女)$", "people")
PEOPLE = Dataset(
    name="made.people", title="Made", title_zh="虛構", agency="虛構局",
    source=Source("made/people/*.csv", "not stated", "never", unpivot=AGES),
    columns=(
        Column("village_name", "string", "village", cell="村里", key=True),
        Column("age_years", "int", "age", cell="age", key=True),
        Column("sex", "string", "sex", cell="sex", key=True),
        Column("people", "int", "people", cell="people"),
    ),
)  # fmt: skip
HEADER = ("村里", "0歲-男", "0歲\n女", "100歲以上_男", "")


def _said(header: tuple[str, ...], *rows: tuple[str, ...], before: tuple[str, ...] = ()) -> tuple[str, ...]:
    last = {"current": Delivered("before.csv", before)} if before else {}
    return examine(PEOPLE, "made/people/a.csv", Head("utf-8", header, True, first_rows=rows), last)[1]


def test_headers_say_what_their_column_holds() -> None:
    assert AGES.wide(HEADER) == {1: ("0", "男"), 3: ("100", "男")}
    assert AGES.header(HEADER) == ("村里", "0歲\n女", "", "age", "sex", "people")
    assert Unpivot(r"^(?P<sex>男|女)(?:_(?P<part>\d))?$", "n").wide(("男", "女", "男")) == {
        0: ("男", None), 1: ("女", None), 2: ("男", "2"),
    }  # fmt: skip


def test_each_first_row_shows_another_of_the_columns() -> None:
    rows = [("甲", "1", "2", "3", ""), ("乙", "4", "5", "6", ""), ("丙",)]

    assert AGES.first_rows(HEADER, rows) == (
        ("甲", "2", "", "0", "男", "1"), ("乙", "5", "", "100", "男", "6"), ("丙", "0", "男", ""),
    )  # fmt: skip


def test_columns_that_become_rows_are_declared_and_only_others_are_told() -> None:
    assert _said(("村里", "0歲-男", "戶數"), ("甲", "1", "9")) == ("columns that nothing declares: 戶數",)
    assert _said(("村里", "0歲-男"), *[("甲", "無")] * 3) == (
        "people: declared int, but 3 of the first 3 values of people are not, as '無'",
    )


def test_columns_that_become_rows_are_told_when_they_come_or_go() -> None:
    said = _said(("村里", "0歲-男", "1歲-女"), before=("村里", "0歲-男", "0歲-女"))

    assert said == (
        "columns that become rows, gone since before.csv: 0歲-女",
        "columns that become rows, new since before.csv: 1歲-女",
    )


def test_a_file_without_any_of_the_columns_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="the header lacks age, sex, people"):
        _said(("村里", "人數"), ("甲", "1"))


@pytest.mark.parametrize("pattern", ["(?P<age>", r"^\d+歲$", "^(?P<people>a)$"])
def test_a_pattern_that_says_nothing_is_told_at_once(pattern: str) -> None:
    with pytest.raises(UsageError):
        Unpivot(pattern, "people")
