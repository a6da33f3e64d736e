"""Columns are found by the names in the file's own header, never by position."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Source
from lakeward.pipelines.layout import ColumnsMissing, fit

WELLS = Dataset(
    name="tests.wells",
    title="Wells",
    title_zh="水井",
    agency="nobody",
    source=Source(
        "tests/wells/*.csv",
        licence="not stated",
        cadence="never",
        format=Csv(encoding="utf-8"),
        layouts=(Layout("until 2010", {"well": "編號", "depth_m": "深度"}),),
    ),
    columns=(
        Column("well", "string", "well", cell="井號", key=True),
        Column("depth_m", "double", "depth", unit="m", cell="井深(公尺)"),
        Column("note", "string", "note", cell="備註", optional=True),
        Column("loaded", "string", "never delivered"),
    ),
)


@pytest.mark.parametrize(
    "header",
    [
        ("井號", "井深(公尺)", "備註"),
        ("備註", "井深(公尺)", "井號"),
        (" 井號 ", "井深（公尺）", "備註"),
        ("井號", "井深(公尺)"),
    ],
    ids=["as declared", "another order", "blanks and full width", "without the optional one"],
)
def test_a_header_fits_by_its_names(header: tuple[str, ...]) -> None:
    assert fit(WELLS, header).layout.name == "current"
    assert fit(WELLS, header).extra == ()


def test_columns_beyond_the_layout_are_named() -> None:
    assert fit(WELLS, ("新欄", "井號", "井深(公尺)", "", "井號")).extra == ("新欄", "井號")


def test_another_layout_is_found_and_one_that_fits_wins_over_a_better_part() -> None:
    assert fit(WELLS, ("編號", "深度")).layout.name == "until 2010"
    assert fit(WELLS, ("編號", "深度", "井號")).layout.name == "until 2010"
    assert fit(WELLS, ("編號", "深度", "井號", "井深(公尺)", "備註")).layout.name == "current"


def test_a_renamed_column_is_refused_with_the_likely_new_name() -> None:
    with pytest.raises(ColumnsMissing) as refused:
        fit(WELLS, ("井號", "井深(公分)", "備註"))

    assert refused.value.exit_code == 65
    assert 'lacks 井深(公尺) of the layout "current"' in refused.value.problem
    assert "井深(公尺) is perhaps 井深(公分) now" in refused.value.remedy
    assert "the declaration of tests.wells" in refused.value.remedy


def test_a_file_of_something_else_is_told_what_it_lacks() -> None:
    with pytest.raises(ColumnsMissing) as refused:
        fit(WELLS, ("甲", "乙"))

    assert "井號" in refused.value.problem
    assert refused.value.facts["found"] == ["甲", "乙"]
    assert "declare the new layout" in refused.value.remedy


def test_a_declaration_that_reads_nothing_is_refused() -> None:
    blind = replace(WELLS, source=replace(WELLS.source, layouts=()), columns=(Column("loaded", "string", "x"),))

    with pytest.raises(DeliveryRefused, match="no columns"):
        fit(blind, ())


def test_a_header_parted_by_another_sign_names_that_sign() -> None:
    with pytest.raises(ColumnsMissing) as refused:
        fit(WELLS, ("井號;井深(公尺);備註",))

    assert "parted by ';'" in refused.value.remedy
    assert "delimiter" in refused.value.remedy


def test_of_many_missing_columns_some_are_named() -> None:
    columns = tuple(Column(f"c{n}", "string", "c", cell=f"欄{n}") for n in range(40))

    with pytest.raises(ColumnsMissing, match=r"欄11 and 28 more"):
        fit(replace(WELLS, columns=columns), ("別的",))
