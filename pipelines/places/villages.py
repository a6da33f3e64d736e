"""Villages (村里): their codes of the household registry, new and old.

New codes have eleven digits: five of the county, three of the town, three of the village (`65000010001`, also written
`65000010-001`). Old codes have ten (`6500100-001`, `1000913-003`): three digits of the county's five and the town's
other two stand in other places, see `new_village_code`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column


@dataclass(frozen=True, slots=True)
class Disputed:
    """A village that an agency or a compiler gives another code than the household registry.

    Args:
        code: the new code that was delivered.
        registry: the registry's code of the same village.
        name: county, town and village.
        reason: where the other code comes from.
    """

    code: str
    registry: str
    name: str
    reason: str


DISPUTED = (
    Disputed(
        code="67000290020",
        registry="67000290015",
        name="臺南市關廟區龜洞里",
        reason="the compiler of health.dengue_cases took it from a boundary list of 2025; the registry's counts of "
        "2015 to 2017 and the old code 6702900-015 that the CDC wrote beside it say 015",
    ),
)
"""Codes that are left as they are, so that they stay visible as a residue; join by `registry` where that is meant."""


def village_code(code: Column) -> Column:
    """Give the new code of eleven digits of a village whose new code is written with or without its dash."""
    from pyspark.sql import functions as F

    digits = F.translate(code, "-－", "")
    return F.when(digits.rlike(r"\A\d{11}\z"), digits)


def dashed(code: Column) -> Column:
    """Write a new code of eleven digits with its dash before the village: `65000010-001`."""
    from pyspark.sql import functions as F

    return F.regexp_replace(code, r"\A(\d{8})(\d{3})\z", "$1-$2")


def new_village_code(old: Column) -> Column:
    """Turn an old code of ten digits into the new one of eleven.

    Args:
        old: `6300100-002` or `1000913-003`, with or without the dash.

    Returns:
        Eleven digits; NULL for text that is no old code. Municipalities: `AABBB00-VVV` becomes `AA000`, the last two
        digits of `BBB`, `0`, `VVV`; else `CCCCCTT-VVV` becomes `CCCCC`, `TT0`, `VVV`.

    Source:
        Right for all 7,851 villages whose old and new codes the ministry listed in 2014 (maps.village_codes).
    """
    from pyspark.sql import functions as F

    digits = F.translate(old, "-－", "")
    municipal, other = r"\A(6\d)\d(\d\d)00(\d{3})\z", r"\A([^6]\d{4})(\d\d)(\d{3})\z"
    spelled = F.when(digits.rlike(municipal), F.regexp_replace(digits, municipal, "$1000$20$3")).when(
        digits.rlike(other), F.regexp_replace(digits, other, "$1$20$3")
    )
    return F.when(spelled.rlike(r"\A\d{11}\z"), spelled)


def town_code(code: Column) -> Column:
    """Give the eight digits of the town in a new code of a village."""
    from pyspark.sql import functions as F

    return F.substring(village_code(code), 1, 8)


def county_code(code: Column) -> Column:
    """Give the five digits of the county in a new code of a village."""
    from pyspark.sql import functions as F

    return F.substring(village_code(code), 1, 5)
