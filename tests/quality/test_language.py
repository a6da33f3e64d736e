"""The page on what compiles says what the code does, of every core expectation of Great Expectations."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from lakeward.quality.compiler import COMPILED, LEFT
from lakeward.quality.language import REFUSED, page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "expectations.md"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"
    assert page().count("`column_") == len(REFUSED)


def test_every_core_expectation_of_gx_is_compiled_or_said_to_be_left() -> None:
    core: Any = import_module("great_expectations.expectations.core")
    named: Any = import_module("great_expectations.util").camel_to_snake
    theirs = {named(each) for each in vars(core) if each.startswith("Expect") or each == "UnexpectedRowsExpectation"}

    assert {*COMPILED, *LEFT} == theirs
    assert not {*COMPILED} & {*LEFT}
    assert len(COMPILED) == len({*COMPILED})
