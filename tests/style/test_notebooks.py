"""What notebooks must keep to: text without outputs, any lake, any delivery, and what a reader is owed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import jupytext
import pytest
from kernel import DOMAINS, NOTEBOOKS, ROOT

from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES

TUTORIALS = {"tutorial_agencies", "tutorial_analysts", "tutorial_data_engineers"}
YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b1\d\d ?年")
PLACES = re.compile("|".join(name[:2] for name in (*COUNTY_NAMES, *FORMER_NAMES)))
HEADINGS = ("# 這些資料 The data", "# 不能回答什麼 What this cannot tell", "# 引用 Cite")
ANY = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _code(path: Path) -> str:
    return "\n".join(cell.source for cell in jupytext.read(path).cells if cell.cell_type == "code")


def test_every_cloud_has_its_notebook_and_every_reader_a_tutorial() -> None:
    assert {path.stem for path in NOTEBOOKS} == DOMAINS | TUTORIALS


def test_none_is_kept_with_outputs() -> None:
    files = subprocess.run(["git", "ls-files", "*.ipynb"], cwd=ROOT, check=False, capture_output=True, text=True)

    assert not files.stdout.strip()


@ANY
def test_a_notebook_names_no_year_no_county_no_folder_and_no_spark(path: Path) -> None:
    code = _code(path)

    assert code.count("lw.open()") == 1
    assert not YEAR.findall(code) + PLACES.findall(code)
    assert not re.findall(r"pyspark|\.spark\(|[\"'](?:/\w|\.\./)", code)


@pytest.mark.parametrize("path", [each for each in NOTEBOOKS if each.stem in DOMAINS], ids=lambda path: path.stem)
def test_a_citizens_notebook_asks_answers_and_says_what_it_cannot_tell(path: Path) -> None:
    cells = jupytext.read(path).cells
    said = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")

    assert cells[0].source.startswith("# ") and "？" in cells[0].source and "?" in cells[0].source
    assert "Markdown(" in cells[1].source and ".doubts" in cells[1].source
    assert all(heading in said for heading in HEADINGS)
    assert ".citation" in cells[-1].source
