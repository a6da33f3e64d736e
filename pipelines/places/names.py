"""How the names of places are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column


def place_name(text: Column) -> Column:
    """Write a name as the household registry does: 臺 for 台, no blanks (`北　區`); NULL for an empty one."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.shapes import BLANKS

    return F.nullif(F.translate(text, f"台{BLANKS}", "臺"), F.lit(""))
