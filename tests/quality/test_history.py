from __future__ import annotations

import json

from lakeward.jobs import quality as told
from lakeward.lake.storage import Lake
from lakeward.quality import expect, history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result

NOT_NULL = expect.column_values_to_not_be_null("rain_mm")
MEAN = expect.column_mean_to_be_between("rain_mm", 0, 9, severity="warning")


def _results(failed: int, mean: float) -> tuple[Result, ...]:
    numbers = {"element_count": 10, "unexpected_count": failed, "unexpected_percent": 10.0 * failed}
    return (
        Result(NOT_NULL, not failed, numbers),
        Result(MEAN, mean <= 9, {"observed_value": mean}),
    )


def _record(lake: Lake, run: str, *failed: int, mean: float = 1.5) -> None:
    batches = [
        Validation("silver.made.rain", f"made/{n}.csv", _results(bad, mean), "too many" if bad else "", f"sha{n}")
        for n, bad in enumerate(failed)
    ]
    history.record(lake, run, batches)


def test_each_rule_of_each_batch_is_on_record(lake: Lake) -> None:
    _record(lake, "r1", 0, 2)

    rows = history.records(lake, "silver.made.rain")

    assert len(rows) == 4
    broken = next(row for row in rows if not row["success"])
    assert (broken["batch"], broken["sha256"], broken["verdict"]) == ("made/1.csv", "sha1", "too many")
    assert (broken["type"], broken["columns"]) == ("expect_column_values_to_not_be_null", ["rain_mm"])
    assert (broken["rows"], broken["failed"], broken["failed_pct"]) == (10, 2, 20.0)
    assert json.loads(rows[1]["observed"]) == 1.5
    assert history.records(lake, "silver.made.sun") == []


def test_nothing_checked_makes_no_table(lake: Lake) -> None:
    history.record(lake, "r1", [])

    assert history.records(lake) == []
    assert told.summary(lake) == []
    assert told.summary_text([]).startswith("nothing was checked yet")
    assert told.rules(lake, "silver.made.rain") == []


def test_the_last_run_is_told_with_the_runs_before(lake: Lake) -> None:
    _record(lake, "r1", 0, 0)
    _record(lake, "r2", 1, 0, mean=11.0)
    _record(lake, "r3", 0, 3)

    (table,) = told.summary(lake)
    first, second = told.rules(lake, "silver.made.rain")

    assert (table["batches"], table["refused"], table["rules"], table["held"], table["run_id"]) == (2, 1, 2, 1, "r3")
    assert (first["held"], first["batches"], first["rows"], first["failed"]) == (1, 2, 20, 3)
    assert (first["history"], second["history"]) == ("✓✗✗", "✓!✓")
    text = told.rules_text([first, second])
    assert [line.split("  ")[0] for line in text.splitlines()[1:3]] == [
        "rain_mm: column_values_to_not_be_null",
        "rain_mm: column_mean_to_be_between min_value=0, max_value=9",
    ]
    assert "✓✗✗" in text


def test_long_lists_are_told_by_their_length_and_no_check_in_words(lake: Lake) -> None:
    rule = expect.column_values_to_be_in_set("town", ("甲", "乙", "丙", "丁"), row_condition="rain_mm > 0")
    history.record(lake, "r1", [Validation("silver.made.rain", "made/1.csv", (Result(rule, True),))])

    text = told.rules_text(told.rules(lake, "silver.made.rain"))

    assert "town: column_values_to_be_in_set value_set=4 values, row_condition=rain_mm > 0  critical" in text
    assert told.rules_text([]).startswith("nothing was checked yet of this table")
