"""Random frames and random expectations for each compiled type, from a seed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from lakeward.quality import expect
from lakeward.quality.expect import Expectation

SCHEMA = (
    "i int, j int, b bigint, d double, e double, m decimal(8,2), s string, t string, day date, at timestamp, ok boolean"
)
POOLS: dict[str, list[Any]] = {
    "i": [0, 1, 2, 3, -7, 120, 2**31 - 1],
    "j": [0, 1, 2, 3, -7],
    "b": [0, 1, 2, 2**40, -(2**40)],
    "d": [0.0, -0.0, 1.0, 1.5, 2.5, -3.25, float("nan"), float("inf"), float("-inf"), 1e300],
    "e": [0.0, 1.0, 1.5, 2.0, 1e-9],
    "m": [Decimal("0.00"), Decimal("1.50"), Decimal("-2.25"), Decimal("999999.99")],
    "s": [
        "",
        " ",
        "a",
        "ab",
        "b",
        "臺北市",
        "台北市",
        "1",
        "12",
        "2020-01-01",
        "2020-2-30",
        "a'b",
        "back\\slash",
        "\n",
    ],
    "t": ["a", "b", "ab", "", "臺北市"],
    "day": [dt.date(2020, 1, 1), dt.date(2020, 2, 29), dt.date(1999, 12, 31)],
    "at": [dt.datetime(2020, 1, 1), dt.datetime(2020, 2, 29, 23, 59, 59), dt.datetime(1999, 12, 31, 12)],
    "ok": [True, False],
}
NAMES = tuple(POOLS)
NUMBERS = ("i", "j", "b", "d", "e", "m")
PATTERNS = ("a", "^a", "b$", r"^\d+$", "臺|台", "", r"\s", "^(a|b)+$", "'", r"\\")
CONDITIONS = ("i > 1", "s is not null", "i > 1000", "s = 'a'", "d is null or d < 2")


def rows(dice: Random) -> list[tuple[Any, ...]]:
    """Make the rows of a frame: none, one, or a few, with many empty cells and repeats."""
    emptiness = dice.choice((0.0, 0.2, 0.2, 0.9, 1.0))
    count = dice.choice((0, 1, 1, 2, 5, 12, 12, 30))
    return [
        tuple(None if dice.random() < emptiness else dice.choice(POOLS[name]) for name in NAMES) for _ in range(count)
    ]


def expectation(dice: Random) -> Expectation:
    """Make one expectation of any compiled type; most arguments fit, some do not."""
    return dice.choice(MAKERS)(dice)


def _common(dice: Random) -> dict[str, Any]:
    return {"row_condition": dice.choice(CONDITIONS)} if dice.random() < 0.2 else {}


def _rowwise(dice: Random) -> dict[str, Any]:
    return _common(dice) | ({"mostly": dice.choice((0, 0.5, 0.9, 0.333))} if dice.random() < 0.4 else {})


def _bounds(dice: Random, pool: list[Any], *, strict: bool = True) -> dict[str, Any]:
    low, high = dice.choice([*pool, None]), dice.choice([*pool, None])
    told = {"min_value": low, "max_value": high}
    return told | ({"strict_min": dice.random() < 0.5, "strict_max": dice.random() < 0.5} if strict else {})


def _pool(dice: Random, name: str) -> list[Any]:
    told = [value for value in POOLS[name] if not isinstance(value, Decimal)] or [0, 1.5, -2.25]
    told = [value.isoformat() if isinstance(value, dt.date) else value for value in told if not _is_nan(value)]
    return told + ([0.5] if name in NUMBERS else []) + (["x"] if dice.random() < 0.05 else [])


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _values(dice: Random, name: str) -> list[Any]:
    return dice.sample(_pool(dice, name), k=dice.randint(1, 2))


def _columns(dice: Random) -> list[str]:
    return list(dice.choice((("i", "j"), ("s", "t"), ("d", "e"), ("i", "j", "i"), ("i", "b"), ("s", "t", "i"))))


def _of_column(
    make: Callable[..., Expectation], *columns: str, rowwise: bool = True
) -> Callable[[Random], Expectation]:
    def made(dice: Random) -> Expectation:
        return make(dice.choice(columns or NAMES), **(_rowwise(dice) if rowwise else _common(dice)))

    return made


def _with_bounds(make: Callable[..., Expectation], *columns: str, rowwise: bool) -> Callable[[Random], Expectation]:
    def made(dice: Random) -> Expectation:
        column = dice.choice(columns or NAMES)
        return make(column, **_bounds(dice, _pool(dice, column)), **(_rowwise(dice) if rowwise else _common(dice)))

    return made


def _with_numbers(make: Callable[..., Expectation], pool: list[Any]) -> Callable[[Random], Expectation]:
    return lambda dice: make(dice.choice(NAMES), **_bounds(dice, pool), **_common(dice))


def _with_values(make: Callable[..., Expectation], *, rowwise: bool) -> Callable[[Random], Expectation]:
    def made(dice: Random) -> Expectation:
        column = dice.choice(NAMES)
        return make(column, _values(dice, column), **(_rowwise(dice) if rowwise else _common(dice)))

    return made


def _pair(make: Callable[..., Expectation], **told: list[Any]) -> Callable[[Random], Expectation]:
    def made(dice: Random) -> Expectation:
        first, second = dice.choice((("i", "j"), ("s", "t"), ("d", "e"), ("day", "day"), ("i", "b"), ("j", "i")))
        ways = [None, "both_values_are_missing", "either_value_is_missing", "neither"]
        more = {key: dice.choice(values) for key, values in told.items()}
        return make(first, second, ignore_row_if=dice.choice(ways), **more, **_rowwise(dice))

    return made


def _pairs_in_set(dice: Random) -> Expectation:
    pairs = [(dice.choice(POOLS["i"]), dice.choice([*POOLS["t"], None])) for _ in range(dice.randint(1, 3))]
    return expect.column_pair_values_to_be_in_set("i", "t", pairs, **_rowwise(dice))


def _several(make: Callable[..., Expectation], *more: list[Any]) -> Callable[[Random], Expectation]:
    def made(dice: Random) -> Expectation:
        ways = [None, "all_values_are_missing", "any_value_is_missing", "never"]
        columns = list(dict.fromkeys(_columns(dice)))
        told = [dice.choice(values) for values in more]
        return make(columns, *told, ignore_row_if=dice.choice(ways), **_rowwise(dice))

    return made


def _quantiles(dice: Random) -> Expectation:
    column = dice.choice(NUMBERS)
    quantiles = dice.sample((0.0, 0.1, 0.25, 0.5, 0.9, 1.0), dice.randint(1, 3))
    bounds = [sorted(dice.choices([each for each in _pool(dice, column) if each != "x"], k=2)) for _ in quantiles]
    ranges = [[dice.choice((low, None)), dice.choice((high, None))] for low, high in bounds]
    told = {"quantiles": quantiles, "value_ranges": ranges}
    return expect.column_quantile_values_to_be_between(column, told, **_common(dice))


def _most_common(dice: Random) -> Expectation:
    column = dice.choice(NAMES)
    told = {"ties_okay": dice.choice((None, True, False)), **_common(dice)}
    return expect.column_most_common_value_to_be_in_set(column, _values(dice, column), **told)


def _divergence(dice: Random, column: str, partition: dict[str, Any]) -> Expectation:
    threshold = dice.choice((None, 0, 0.1, 0.5, 2))
    holdouts = {"tail_weight_holdout": dice.choice((0, 0.1))}
    holdouts |= {"internal_weight_holdout": dice.choice((0, 0.2))} if "bins" in partition else {}
    told = {**_common(dice), **(holdouts if dice.random() < 0.3 else {})}
    return expect.column_kl_divergence_to_be_less_than(column, partition, threshold, **told)


def _divergence_of_values(dice: Random) -> Expectation:
    column = dice.choice(("i", "j", "b", "s", "t", "ok", "d"))
    values = dice.sample([each for each in _pool(dice, column) if each != "x"], k=2)
    return _divergence(dice, column, {"values": values, "weights": dice.choice(([0.5, 0.5], [0.1, 0.9], [0, 1]))})


def _divergence_of_bins(dice: Random) -> Expectation:
    tails = {"weights": [0.2, 0.5, 0], "tail_weights": [0.1, 0.2]}
    shape = dice.choice(({"weights": [0.2, 0.5, 0.3]}, {"weights": [0, 0.5, 0.5]}, tails))
    return _divergence(dice, dice.choice(NUMBERS), {"bins": dice.choice(([-5, 0, 1, 2], [0, 1, 1.5, 200]))} | shape)


def _some_columns(dice: Random) -> Sequence[str]:
    return dice.choice((NAMES, NAMES[1:], NAMES[::-1], ("i", "j", "nowhere"), (*NAMES, "nowhere")))


ORDERED = (*NUMBERS, "day", "at")
TYPES = ("IntegerType", "LongType", "DoubleType", "DecimalType", "StringType", "DateType", "TimestampType")
SHARES = [0, 0.25, 0.5, 1, 1.0]
COUNTS = [0, 1, 2, 5, 12]
MAKERS: tuple[Callable[[Random], Expectation], ...] = (
    _of_column(expect.column_values_to_not_be_null),
    _of_column(expect.column_values_to_be_null),
    _of_column(expect.column_values_to_be_unique),
    _with_bounds(expect.column_values_to_be_between, rowwise=True),
    _with_bounds(expect.column_values_to_be_between, *NUMBERS, rowwise=True),
    _with_values(expect.column_values_to_be_in_set, rowwise=True),
    _with_values(expect.column_values_to_not_be_in_set, rowwise=True),
    lambda dice: expect.column_value_lengths_to_be_between("s", **_bounds(dice, COUNTS), **_rowwise(dice)),
    lambda dice: expect.column_value_lengths_to_equal(dice.choice("st"), dice.choice(COUNTS), **_rowwise(dice)),
    lambda dice: expect.column_values_to_match_regex(dice.choice("sti"), dice.choice(PATTERNS), **_rowwise(dice)),
    lambda dice: expect.column_values_to_not_match_regex(dice.choice("st"), dice.choice(PATTERNS), **_rowwise(dice)),
    lambda dice: expect.column_values_to_match_regex_list(
        "s", dice.sample(PATTERNS, 2), match_on=dice.choice(("any", "all")), **_rowwise(dice)
    ),
    lambda dice: expect.column_values_to_not_match_regex_list("s", dice.sample(PATTERNS, 2), **_rowwise(dice)),
    lambda dice: expect.column_values_to_match_strftime_format(
        "s", dice.choice(("%Y-%m-%d", "%y", "%d", "%Y%m")), **_rowwise(dice)
    ),
    _pair(expect.column_pair_values_to_be_equal),
    _pair(expect.column_pair_values_a_to_be_greater_than_b, or_equal=[None, True, False]),
    _pairs_in_set,
    _several(expect.compound_columns_to_be_unique),
    _several(expect.select_column_values_to_be_unique_within_record),
    _several(expect.multicolumn_values_to_be_equal),
    _several(expect.multicolumn_sum_to_equal, [0, 1, 2, 2.5, 3]),
    _with_bounds(expect.column_max_to_be_between, rowwise=False),
    _with_bounds(expect.column_min_to_be_between, rowwise=False),
    _with_bounds(expect.column_mean_to_be_between, *NUMBERS, rowwise=False),
    _with_bounds(expect.column_sum_to_be_between, *NUMBERS, rowwise=False),
    _with_bounds(expect.column_stdev_to_be_between, *NUMBERS, rowwise=False),
    _with_numbers(expect.column_unique_value_count_to_be_between, COUNTS),
    _with_numbers(expect.column_proportion_of_unique_values_to_be_between, SHARES),
    _with_numbers(expect.column_proportion_of_non_null_values_to_be_between, SHARES),
    _with_values(expect.column_distinct_values_to_be_in_set, rowwise=False),
    _with_values(expect.column_distinct_values_to_contain_set, rowwise=False),
    _with_values(expect.column_distinct_values_to_equal_set, rowwise=False),
    _with_bounds(expect.column_median_to_be_between, *NUMBERS, rowwise=False),
    _quantiles,
    lambda dice: expect.column_value_z_scores_to_be_less_than(
        dice.choice(NUMBERS), dice.choice((0, 0.5, 1, 2.5, -1)), double_sided=dice.random() < 0.5, **_rowwise(dice)
    ),
    lambda dice: expect.column_values_to_not_be_outliers(
        dice.choice(NUMBERS),
        method=dice.choice(("iqr", "std")),
        multiplier=dice.choice((0, 0.5, 1.5, 3)),
        **_rowwise(dice),
    ),
    lambda dice: expect.column_values_to_be_increasing(
        dice.choice(ORDERED), strictly=dice.random() < 0.5, **_rowwise(dice)
    ),
    lambda dice: expect.column_values_to_be_decreasing(
        dice.choice(ORDERED), strictly=dice.random() < 0.5, **_rowwise(dice)
    ),
    _most_common,
    _divergence_of_values,
    _divergence_of_bins,
    lambda dice: expect.column_values_to_be_of_type(dice.choice(NAMES), dice.choice(TYPES), **_rowwise(dice)),
    lambda dice: expect.column_values_to_be_in_type_list(dice.choice(NAMES), dice.sample(TYPES, 2), **_rowwise(dice)),
    lambda dice: expect.column_type_to_be(dice.choice(NAMES), dice.choice(TYPES)),
    lambda dice: expect.table_columns_to_match_ordered_list(_some_columns(dice)),
    lambda dice: expect.table_columns_to_match_set(_some_columns(dice), exact_match=dice.random() < 0.5),
    lambda dice: expect.table_row_count_to_be_between(**_bounds(dice, COUNTS), **_common(dice)),
    lambda dice: expect.table_row_count_to_equal(dice.choice(COUNTS), **_common(dice)),
    lambda dice: expect.table_column_count_to_be_between(**_bounds(dice, [10, 11, 12], strict=False)),
    lambda dice: expect.table_column_count_to_equal(dice.choice((10, 11))),
    lambda dice: expect.column_to_exist(dice.choice(("i", "d", "nowhere")), dice.choice((None, None, 0, 3, -11, 40))),
)
