"""Charts in notebooks bring what draws them: a browser that reaches no server shows them, with Chinese labels."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from made_shelf import RAIN

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import drawing
from lakeward.sharing.reader.lake import OpenLake
from lakeward.sharing.reader.plot import altair

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COUNTIES = ("花蓮縣", "臺東縣", "連江縣</script><b>")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser without a network; it fails its test on an error of a script, or when it asks anybody."""
    with browser.new_context(offline=True, viewport={"width": 900, "height": 1000}) as context:
        opened = context.new_page()
        wrong: list[str] = []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith("file:") else None)
        yield opened
    assert not wrong


def _shown(chart: object) -> str:
    """Give what a notebook takes of a chart."""
    told: dict[str, str] = chart._repr_mimebundle_()  # type: ignore[attr-defined]
    return told["text/html"]


def test_charts_are_drawn_without_any_server(opened: OpenLake, page: Page, tmp_path: Path) -> None:
    plot = opened[RAIN.name].plot("fell_on", "rain_mm", colour="gauge_id")
    alt = altair()
    bars = alt.Chart(pd.DataFrame({"county": COUNTIES, "n": [1, 2, 3]})).mark_bar().encode(x="county:N", y="n:Q")
    file = tmp_path / "notebook.html"
    file.write_text(f"<meta charset=utf-8>{_shown(plot)}<hr>{_shown(bars)}", "utf-8")

    page.goto(file.as_uri())

    line, columns = page.locator("svg.marks").nth(0), page.locator("svg.marks").nth(1)
    columns.wait_for(timeout=20_000)
    assert "雨量 (mm) · sum" in line.text_content()  # type: ignore[operator]
    assert line.locator(".mark-symbol path").count() >= 4
    assert [each for each in COUNTIES if each in columns.text_content()] == list(COUNTIES)  # type: ignore[operator]
    assert columns.locator(".mark-rect.role-mark path").count() == len(COUNTIES)
    assert page.locator(".vega-actions a").all_text_contents()[:3] == ["Save as SVG", "Save as PNG", "View Source"]


def test_a_way_that_the_user_chose_is_kept() -> None:
    alt = altair()
    with alt.renderers.enable("mimetype"):
        altair()
        assert alt.renderers.active == "mimetype"
    assert alt.renderers.active == drawing.NAME


def test_where_vega_is_not_here_the_extra_is_named_and_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> str:
        raise PackageNotFoundError(name)

    drawing._vega.cache_clear()
    monkeypatch.setattr(drawing, "version", lacking)

    with pytest.raises(UsageError) as raised:
        drawing.page({})

    assert "lakeward[notebook]" in raised.value.remedy


def test_vega_is_kept_for_the_next_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[str] = []

    class Brings:
        @staticmethod
        def javascript_bundle(snippet: None, vl_version: str) -> str:
            made.append(vl_version)
            return "window.vegaEmbed = 1;"

    monkeypatch.setitem(sys.modules, "vl_convert", Brings)
    for home in ("writable", "writable", "file/below"):
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / home))
        drawing._vega.cache_clear()
        assert "window.vegaEmbed = 1;" in drawing.page({})["text/html"]
    drawing._vega.cache_clear()

    assert len(made) == 2
