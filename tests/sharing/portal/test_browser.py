"""The portal in a real Chromium: found by search, sorted and filtered whole, usable by everyone, at little cost."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from loopback import Served, serving
from made_site import COUNTIES, DAYS, ROADS, publish, road_rows

from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.portal.site import Wanted, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WEB = Path(__file__).resolve().parents[3] / "sharing" / "portal" / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
ROWS = len(COUNTIES) * DAYS
VIEW = 1_000_000


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page that fails its test on an error of a script, or on anything asked of another server."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        opened = context.new_page()
        wrong: list[str] = []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("request", lambda asked: wrong.append(asked.url) if not _is_ours(asked.url) else None)
        yield opened
    assert not wrong


def _is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "blob:http://127.0.0.1:", "data:", "file:"))


def _open(page: Page, served: Served, path: str) -> None:
    answer = page.goto(f"{served.url}/{path}")
    assert answer and answer.ok


def _status(page: Page, text: str) -> None:
    page.locator(".explorer .status", has_text=text).wait_for(timeout=10_000)


def _first(page: Page) -> list[str]:
    return page.locator(".data tbody tr").first.locator("td").all_inner_texts()


@pytest.mark.parametrize(("path", "theme"), [
    ("index.html", "light"), ("en/index.html", "dark"), ("tables.html", "dark"), ("domains/police.html", "light"),
    (f"tables/{ROADS}.html", "light"), (f"en/tables/{ROADS}.html", "dark"), ("tables/police.fatal_crashes.html", "dark"),
])  # fmt: skip
def test_pages_have_no_barrier_that_axe_finds(page: Page, served: Served, path: str, theme: Any) -> None:
    if not AXE.exists():
        pytest.skip(f"{AXE} is not here; `npm ci` in {WEB} brings it")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    _open(page, served, path)
    page.add_script_tag(content=AXE.read_text("utf-8"))

    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )

    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []


def test_search_finds_in_both_languages_while_typing_and_goes_there_by_keys(page: Page, served: Served) -> None:
    _open(page, served, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("台北 腳踏車 youbike")
    page.locator("[role=option]").first.wait_for()
    assert "YouBike" in page.locator("[role=option]").first.inner_text()

    page.fill(".search", "fatal cra")
    page.locator("[role=option]", has_text="Fatal crashes, rain").wait_for()
    page.keyboard.press("ArrowDown")
    assert page.get_attribute(".search", "aria-activedescendant")
    page.fill(".search", "死亡交通事故 雨量")
    page.locator("[role=option]", has_text="縣市逐日死亡交通事故").first.wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/tables/{ROADS}.html")


def test_all_rows_are_sorted_and_filtered_in_the_browser(page: Page, served: Served) -> None:
    _open(page, served, f"tables/{ROADS}.html")

    page.click("th[data-column=population] button")
    _status(page, f"共 {ROWS:,} 列")
    page.click("th[data-column=population] button")
    page.locator("th[data-column=population][aria-sort=descending]").wait_for()
    page.locator(".data tbody tr", has_text="1,000,699").first.wait_for()
    page.fill("th[data-column=county_name] input", "台中")
    page.keyboard.press("Enter")
    _status(page, f"符合條件的 {DAYS} 列")
    page.fill("th[data-column=crash_on] input", "2020-02..2020-03")
    page.keyboard.press("Enter")
    _status(page, "符合條件的 60 列")
    assert _first(page)[:2] == ["臺中市", "2020-03-31"]
    page.fill("th[data-column=deaths] input", ">1")
    page.keyboard.press("Enter")
    _status(page, "符合條件的 30 列")
    page.fill("th[data-column=rain_mm] input", "0..9")
    page.keyboard.press("Enter")
    _status(page, "沒有符合條件的列")
    page.click("text=清除條件")
    _status(page, f"第 1–50 列，共 {ROWS:,} 列")


def test_the_rows_shown_are_those_the_page_was_made_with(page: Page, served: Served) -> None:
    _open(page, served, f"tables/{ROADS}.html")
    made = page.locator(".data tbody tr").all_inner_texts()

    page.click(".explorer >> text=下一頁")
    _status(page, "第 51–100 列")
    page.click(".explorer >> text=上一頁")
    _status(page, "第 1–50 列")

    assert page.locator(".data tbody tr").all_inner_texts()[: len(made)] == made


def test_what_was_filtered_can_be_taken_home(page: Page, served: Served) -> None:
    _open(page, served, f"tables/{ROADS}.html")
    page.fill("th[data-column=county_name] input", "=澎湖縣")
    page.keyboard.press("Enter")
    _status(page, f"符合條件的 {DAYS} 列")

    with page.expect_download() as waiting:
        page.click("text=下載這些列")
    text = waiting.value.path().read_bytes().decode("utf-8-sig")

    assert text.startswith("county_name,crash_on,crashes")
    assert len(text.splitlines()) == DAYS + 1


def test_a_view_of_any_extract_costs_at_most_1_mb(browser: Browser, lake: Lake, tmp_path: Path) -> None:
    dice = random.Random(7)  # noqa: S311
    columns = (
        Column("row", "bigint", "number", key=True),
        *(Column(f"noise_{at}", "string", "made noise") for at in range(8)),
    )
    table = Curated(name="gold.made_noise", title="Noise", title_zh="雜訊", inputs=(), grain="one row", columns=columns, build=lambda: None)  # type: ignore[arg-type,return-value]  # fmt: skip
    publish(
        lake,
        table,
        [{"row": at, **{f"noise_{of}": dice.randbytes(30).hex() for of in range(8)}} for at in range(20_000)],
    )
    site = build(lake, {table.name: table}, Wanted(tmp_path / "site")).to
    file = next(site.rglob("*.parquet"))

    with serving(site) as served, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.url}/tables/gold.made_noise.html")
        assert served.bytes_of(".parquet") == 0, "the first rows come with the page"
        page.click(".explorer >> text=下一頁")
        _status(page, "第 51–100 列")
        assert file.stat().st_size > 4 * VIEW
        assert 0 < served.bytes_of(".parquet") <= VIEW + (1 << 16)
        before = page.locator("td button").count()
        page.locator("td button").first.click()
        page.locator("td button").nth(before - 1).wait_for(state="detached")
        assert _first(page)[0] == "50"


def test_pages_are_read_without_scripts_and_from_a_file(browser: Browser, site: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / "tables" / f"{ROADS}.html").as_uri())
        assert page.locator(".data tbody tr").count() == 20
        assert page.locator(".line path").count() >= 1
        page.click("text=English")
        assert "Fatal crashes, rain" in page.locator("h1").inner_text()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((site / "tables" / f"{ROADS}.html").as_uri())
        assert page.locator(".explorer .local").is_visible()
        page.fill(".search", "登革熱")
        page.locator("[role=option]", has_text="登革熱").first.wait_for()


@pytest.mark.parametrize(
    "path",
    ["index.html", "tables.html", "domains/health.html", f"tables/{ROADS}.html", "en/tables/health.dengue_cases.html"],
)
def test_a_phone_scrolls_down_only(browser: Browser, served: Served, path: str) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{served.url}/{path}")

        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_sql_is_asked_of_the_extract_without_another_server(
    browser: Browser, made_lake: Lake, tmp_path: Path, tables: dict[str, Table]
) -> None:
    if not (WEB / "build" / "sql.js").exists():
        pytest.skip("DuckDB for browsers is not here; `make sql-console` brings it")
    site = build(made_lake, {ROADS: tables[ROADS]}, Wanted(tmp_path / "site", console=WEB / "build")).to

    with serving(site) as served, browser.new_context() as context:
        page, elsewhere = context.new_page(), list[str]()
        page.on("request", lambda asked: elsewhere.append(asked.url) if not _is_ours(asked.url) else None)
        page.goto(f"{served.url}/tables/{ROADS}.html")
        assert served.bytes_of(".wasm") == 0
        page.click("text=用 SQL 查詢")
        page.locator(".console table").wait_for(timeout=60_000)
        page.fill(
            ".console textarea",
            "SELECT county_name, max(crash_on), sum(crashes), count(rain_mm) FROM road_safety_weather GROUP BY 1 ORDER BY 1",
        )
        page.click("text=執行")
        page.locator(".console tbody tr", has_text="臺北市").wait_for()
        row = page.locator(".console tbody tr", has_text="臺北市").locator("td").all_inner_texts()
        page.fill(".console textarea", "SELECT nothing")
        page.click("text=執行")
        page.locator(".console [role=status]", has_text="nothing").wait_for()

    crashes = sum(each["crashes"] for each in road_rows() if each["county_name"] == "臺北市")
    assert row == ["臺北市", "2021-11-30", str(crashes), str(DAYS)]
    assert not elsewhere


def test_the_theme_is_kept_from_page_to_page(page: Page, served: Served) -> None:
    page.emulate_media(color_scheme="light")
    _open(page, served, "index.html")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("button.theme")
    _open(page, served, "tables.html")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert re.search("淺色", page.get_attribute("button.theme", "aria-label") or "")
