"""Data Docs of what the lake remembers: all of it is there, and nothing of it needs a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lakeward.lake.storage import Lake
from lakeward.quality import across, data_docs, expect, history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result

WICKED = "made/<img src=x onerror=alert(1)>民國.csv"
RESULTS = (
    Result(
        expect.column_values_to_be_in_set("county_name", ("臺北市", "高雄市"), severity="warning"),
        False,
        {"element_count": 40, "unexpected_count": 3, "unexpected_percent": 7.5, "missing_count": 0},
    ),
    Result(expect.table_row_count_to_be_between(min_value=1), True, {"observed_value": 40}),
    Result(across.sums_to_reconcile_with_table("n", "silver.b"), False, {"observed_value": {"gap": 869.0}}),
    Result(expect.column_max_to_be_between("day", "no day"), False, {"observed_value": "<b>"}),
    Result(expect.column_values_to_not_be_null("gone"), False, problem="no such column"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = Lake.at(str(tmp_path_factory.mktemp("docs") / "lake"))
    history.record(lake, "r1", [Validation("silver.made.rain", "made/1.csv", RESULTS[1:2], "", "a" * 64)])
    history.record(
        lake,
        "r2",
        [
            Validation("silver.made.rain", WICKED, RESULTS[:2], "12.0 % of 40 rows were refused", "b" * 64),
            Validation("gold.rain", "version 3", RESULTS, version=3),
        ],
    )
    index = data_docs.build(lake)
    assert index
    return index.parent


def _page(site: Path, pattern: str) -> str:
    (path,) = site.glob(pattern)
    return path.read_text("utf-8")


def test_every_suite_and_every_batch_of_every_run_has_its_page(site: Path) -> None:
    index = (site / "index.html").read_text("utf-8")

    assert len(list(site.glob("validations/silver/made/rain/*/*/*.html"))) == 2
    assert len(list(site.glob("validations/gold/rain/r2/*/version-3.html"))) == 1
    assert {path.stem for path in site.glob("expectations/**/*.html")} == {"rain"}
    assert all(run in index for run in ("r1", "r2"))


def test_failures_and_chinese_are_shown(site: Path) -> None:
    page = _page(site, "validations/silver/made/rain/r2/*/*.html")

    assert "臺北市" in page
    assert "3 unexpected values found" in page
    assert "12.0 % of 40 rows were refused" in page
    assert "Must have greater than or equal to" in page


def test_rules_that_great_expectations_does_not_know_or_refuses_are_shown_too(site: Path) -> None:
    page = _page(site, "validations/gold/rain/r2/*/*.html")

    assert "expect_sums_to_reconcile_with_table" in page
    assert "869" in page
    assert "expect_column_max_to_be_between: column=day" in page
    assert "no such column" in page


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    loads = re.compile(r"""(?:src|srcset)=["'][^"']*//|<link[^>]*//|url\(['"]?(?:https?:)?//|@import""")

    assert len(pages) == 6
    for page in pages:
        text = page.read_text("utf-8")
        assert not loads.search(text), page
        for name in data_docs.ASSETS:
            (found,) = re.findall(rf'"([./]*{name})"', text)
            assert (page.parent / found).resolve() == site / name
    assert sum(path.stat().st_size for path in site.glob("data_docs.*")) < 20_000


def test_names_from_outside_are_text_and_not_html(site: Path) -> None:
    assert not any("<img" in page.read_text("utf-8") for page in site.rglob("*.html"))


def test_without_a_check_there_are_no_pages(lake: Lake) -> None:
    assert data_docs.build(lake) is None
