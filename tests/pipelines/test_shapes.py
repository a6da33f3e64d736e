"""A look at text, without Spark, does not rule out what Spark reads, and tells kinds of values apart."""

from __future__ import annotations

import pytest

from lakeward.pipelines.shapes import looks_like

KINDS = ("int", "double", "decimal(9,2)", "boolean", "month", "date", "timestamp")
SHAPES = {
    "113": {"int", "double", "decimal(9,2)"},
    "3,979,208": {"int", "double", "decimal(9,2)"},
    "１２．５": {"double", "decimal(9,2)"},
    "1e3": {"double", "decimal(9,2)"},
    "是": {"boolean"},
    "10405": {"int", "double", "decimal(9,2)", "month"},
    "106Y06M": {"month"},
    "民國104年05月": {"month"},
    "1050115": {"int", "double", "decimal(9,2)", "date", "timestamp"},
    "105/01/15": {"date", "timestamp"},
    "76. 7.22": {"date", "timestamp"},
    "103年01月01日 04時30分00秒": {"date", "timestamp"},
    "2020-06-01 24": {"date", "timestamp"},
    "12/11/10": set(),
    "資料提供日期：114年12月29日": set(),
    "...": set(),
}


@pytest.mark.parametrize("text", SHAPES)
def test_a_text_looks_like_what_it_may_be_read_as(text: str) -> None:
    assert {kind for kind in KINDS if looks_like(kind, text)} == SHAPES[text]


def test_every_text_is_a_text() -> None:
    assert looks_like("string", "資料提供日期")
