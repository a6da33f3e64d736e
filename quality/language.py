"""Which of Great Expectations' words compile to Spark SQL: the page `docs/expectations.md`, made from the code.

python -m lakeward.quality.language > docs/expectations.md
"""

from __future__ import annotations

from collections.abc import Iterator

from lakeward.quality import expect
from lakeward.quality.compiler import FAMILIES, LEFT, compiled
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled

COLUMNS = {"beds": "int", "wards": "bigint", "clinic_name": "string", "opened_on": "date"}
HEAD = """\
# Expectations: which compile, which run through Great Expectations

Made by `make docs` from the code; a test holds the two together. "The pass" is the one that writes or reads the table
anyway: all expectations share it. Verdicts, observed values, counts and percentages are GX 1.24's own on Spark: a test
compares them on random tables and arguments (`make gx-cases`).
"""
LEFT_HEAD = """\
## Run through Great Expectations' own engine

In the same run and into the same report; importing GX costs seconds. Your own classes (`expect.custom`) run there too.
"""
REFUSED_HEAD = """\
## Arguments that send an expectation there

Some arguments get an answer, or a complaint, that only GX can give. `lakeward validate TABLE --explain` says so for a
table's suite before anything is read. For example, on a table of """
REFUSED = (
    expect.column_values_to_be_between("beds", 9, 1),
    expect.column_values_to_be_between("clinic_name", "a", "b"),
    expect.column_values_to_be_in_set("beds", ("1", "2")),
    expect.column_values_to_match_regex("beds", "^1"),
    expect.column_values_to_match_strftime_format("clinic_name", "%d %B %Y"),
    expect.column_pair_values_to_be_equal("beds", "wards"),
    expect.column_max_to_be_between("opened_on", "2020-01-01"),
    expect.column_distinct_values_to_be_in_set("opened_on", ("2020-01-01",)),
    expect.column_quantile_values_to_be_between(
        "beds", {"quantiles": [0.5], "value_ranges": [[1, 2]]}, allow_relative_error=0.1
    ),
    expect.column_kl_divergence_to_be_less_than("beds", None, 0.1),
)


def page() -> str:
    """Give the page as Markdown."""
    kinds = ", ".join(f"`{column}` ({kind})" for column, kind in COLUMNS.items())
    return "\n".join(
        [
            HEAD,
            "| expectation | checked by |\n|---|---|",
            *(f"| `{type_}` | {family.takes} |" for family in FAMILIES for type_ in family.types),
            "",
            LEFT_HEAD,
            "| expectation | why |\n|---|---|",
            *(f"| `{type_}` | {why} |" for type_, why in LEFT.items()),
            "",
            f"{REFUSED_HEAD}{kinds}:\n",
            "| expectation | why GX |\n|---|---|",
            *_refused(),
            "",
        ]
    )


def _refused() -> Iterator[str]:
    for each in REFUSED:
        try:
            compiled(each, COLUMNS)
        except NotCompiled as why:
            yield f"| `{_call(each)}` | {why} |"


def _call(expectation: Expectation) -> str:
    told = ", ".join(f"{key}={value!r}" for key, value in expectation.arguments.items())
    return f"{expectation.type.removeprefix('expect_')}({told})"


if __name__ == "__main__":
    print(page(), end="")
