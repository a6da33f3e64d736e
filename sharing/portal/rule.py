"""A rule that was checked, in words of both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lakeward.sharing.catalogue.text import Text

Arguments = Mapping[str, Any]
LONGEST = 4


def in_words(rule: Mapping[str, Any], labels: Mapping[str, str]) -> Text:
    """Say what a rule asks; one without words of ours by its own name.

    Args:
        rule: as the history of quality gives it.
        labels: what columns are called in Chinese, by name.
    """
    columns, _, kind = str(rule["rule"]).partition(": ")
    asked = json.loads(rule["arguments"])
    said = SAID[kind](asked) if kind in SAID else Text(kind, kind.replace("_", " "))
    if columns == "table":
        return said
    called = "、".join(labels.get(name, name) for name in columns.split(", "))
    return Text(f"{called}：{said.zh}", f"{columns}: {said.en}")


def _between(asked: Arguments) -> Text:
    low, high = asked.get("min_value"), asked.get("max_value")
    if high is None:
        return Text(f"至少 {_number(low)}", f"at least {_number(low)}")
    if low is None:
        return Text(f"至多 {_number(high)}", f"at most {_number(high)}")
    return Text(f"在 {_number(low)} 到 {_number(high)} 之間", f"between {_number(low)} and {_number(high)}")


def _counted(asked: Arguments) -> Text:
    bounds = _between(asked)
    return Text(f"列數{bounds.zh}", f"number of rows {bounds.en}")


def _listed(asked: Arguments) -> Text:
    values = asked.get("value_set", ())
    if len(values) > LONGEST:
        return Text(f"屬於 {len(values)} 個代碼之一", f"one of {len(values)} codes")
    told = [str(value) for value in values]
    return Text(f"屬於 {'、'.join(told)}", f"one of {', '.join(told)}")


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


SAID: Mapping[str, Callable[[Arguments], Text]] = {
    "column_values_to_not_be_null": lambda _: Text("必有值", "always has a value"),
    "column_values_to_be_null": lambda _: Text("多為空值", "has no value"),
    "column_values_to_be_between": _between,
    "column_values_to_be_in_set": _listed,
    "column_values_to_not_be_in_set": lambda _: Text("不是已知的錯誤值", "none of the known wrong values"),
    "column_values_to_be_unique": lambda _: Text("不重複", "unique"),
    "compound_columns_to_be_unique": lambda _: Text("合起來不重複", "unique together"),
    "column_values_to_match_regex": lambda _: Text("符合規定的格式", "written in the form it should be"),
    "column_values_to_not_match_regex": lambda _: Text("沒有已知的錯誤寫法", "not written in a form known to be wrong"),
    "column_pair_values_a_to_be_greater_than_b": lambda asked: Text(
        "前者不小於後者" if asked.get("or_equal") else "前者大於後者",
        "the first is not below the second" if asked.get("or_equal") else "the first is above the second",
    ),
    "table_row_count_to_be_between": _counted,
    "table_row_count_to_be_near_last_release": lambda _: Text(
        "列數與上一版相近", "about as many rows as in the last release"
    ),
    "column_values_to_be_sum_of": lambda _: Text("等於各部分之和", "the sum of its parts"),
    "sums_to_reconcile_with_table": lambda _: Text("加總與另一張表相符", "adds up to what another table says"),
}
