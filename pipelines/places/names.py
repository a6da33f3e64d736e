"""How the names of places are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.quality import expect
from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import Column


def place_name(text: Column) -> Column:
    """Write a name as the household registry does: 臺 for 台, no blanks (`北　區`); NULL for an empty one."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.shapes import BLANKS

    return F.nullif(F.translate(text, f"台{BLANKS}", "臺"), F.lit(""))


def common_letters(column: str) -> Expectation:
    """Warn of letters of private use: rare ones that only the agency's own font shows, in whichever plane they lie."""
    return expect.column_values_to_not_match_regex(column, r"\p{Co}", severity="warning")
