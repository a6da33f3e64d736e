"""A delivery that is unlike the last good ones is told in what; one like them, or in a crowd of unlike ones, is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from lakeward.quality.drift import drift, peers_of
from lakeward.quality.profile import RANKS, Profile, Profiled

TYPES = {"rain_mm": "double", "sky": "string", "day": "date"}


def numbers(values: Sequence[float], nulls: int = 0) -> Profile:
    filled = sorted(value for value in values if value)
    spread = tuple(float(filled[min(int(rank * len(filled)), len(filled) - 1)]) for rank in RANKS)
    return Profile(len(values) + nulls, nulls, len(values) - len(filled), spread)


def words(counts: Mapping[str, int] | None, rows: int = 0) -> Profile:
    filled = sum(counts.values()) if counts else rows
    return Profile(max(rows, filled), max(rows, filled) - filled, categories=counts)


def delivery(name: str, layout: str, **columns: Profile) -> Profiled:
    return Profiled("silver.made.rain", name, name, layout, columns)


def told(new: Profile, *peers: Profile, column: str = "rain_mm") -> list[str]:
    return list(
        drift(
            delivery("new", "current", **{column: new}),
            [delivery(str(n), "current", **{column: each}) for n, each in enumerate(peers)],
            TYPES,
        )
    )


RAIN = [0.0] * 80 + [0.5 * n for n in range(1, 121)]
SKY = {"晴": 120, "雨": 60, "陰": 20}
DAYS = Profile(100, 0, None, (18_000.0, 18_365.0))


def test_a_delivery_like_the_last_one_has_no_drift() -> None:
    assert told(numbers(RAIN[3:]), numbers(RAIN)) == []
    assert told(words({"晴": 110, "雨": 75, "陰": 15}), words(SKY), column="sky") == []
    assert told(replace(DAYS, spread=(18_366.0, 18_730.0)), DAYS, column="day") == []


@pytest.mark.parametrize(("factor", "said"), [(0.1, "0.1 times"), (10, "10 times"), (0.001, "0.001 times")])
def test_another_unit_is_told_from_the_values_that_are_not_zero(factor: float, said: str) -> None:
    (found,) = told(numbers([value * factor for value in RAIN]), numbers(RAIN))

    assert found.startswith(f"rain_mm: values are about {said} those before (median 30.5 → ")
    assert "has the unit changed" in found


def test_a_factor_that_is_not_one_for_all_values_is_no_unit() -> None:
    (found,) = told(numbers([value**1.75 / 2 for value in RAIN]), numbers(RAIN))

    assert found.startswith("rain_mm: values are about 6")
    assert "unit" not in found


def test_values_elsewhere_are_told() -> None:
    shifted = [value + 45 if value else 0.0 for value in RAIN]

    assert told(numbers(shifted), numbers(RAIN)) == ["rain_mm: values lie elsewhere than before (median 30.5 → 75.5)"]


def test_a_value_far_beyond_all_before_is_told() -> None:
    assert told(numbers([*RAIN, 999.0]), numbers(RAIN)) == ["rain_mm: from 0.5 to 999, from 0.5 to 60 before"]


def test_gaps_and_zeros_are_told_beyond_chance() -> None:
    assert told(numbers(RAIN, nulls=60), numbers(RAIN)) == ["rain_mm: 23% of rows have no value, 0% before"]
    assert told(numbers([0.0] * 150 + RAIN[80:]), numbers(RAIN)) == ["rain_mm: 56% of values are 0, 40% before"]
    assert told(numbers([1.0, 2.0, 3.0], nulls=1), numbers([1.0, 2.0, 3.0, 4.0])) == []


def test_half_the_rows_and_double_the_rows_are_told() -> None:
    many, few = numbers(RAIN * 3), numbers(RAIN[::3])

    assert told(many, numbers(RAIN)) == ["600 good rows, 200 before"]
    assert told(few, numbers(RAIN)) == ["67 good rows, 200 before"]


def test_new_values_are_told_and_values_gone() -> None:
    renamed = {"晴天": 118, "雨": 60, "陰": 20}

    assert told(words(renamed), words(SKY), column="sky") == [
        "sky: new values: 晴天 (118 rows)",
        "sky: values that no longer occur: 晴",
    ]
    assert told(words(SKY | {"雪": 1}), words(SKY), column="sky") == ["sky: new values: 雪 (1 rows)"]


def test_new_values_are_no_news_where_values_seen_once_are_common() -> None:
    rare = {f"word {n}": 1 for n in range(10)} | {"common": 90}

    assert told(words({f"other {n}": 1 for n in range(9)} | {"common": 91}), words(rare), column="sky") == []


def test_another_mix_of_the_same_values_is_told() -> None:
    assert told(words({"晴": 60, "雨": 120, "陰": 20}), words(SKY), column="sky") == [
        "sky: 雨 is 60% of values, 30% before"
    ]


def test_a_list_of_values_that_became_long_is_told() -> None:
    assert told(Profile(200, 0), words(SKY), column="sky") == ["sky: has many different values, 3 before"]


def test_a_day_in_another_century_is_told() -> None:
    assert told(replace(DAYS, spread=(18_366.0, 48_000.0)), DAYS, column="day") == [
        "day: from 2020-04-14 to 2101-06-03, from 2019-04-14 to 2020-04-13 before"
    ]


def test_what_is_usual_among_the_peers_is_no_news() -> None:
    peers = [numbers([value * factor for value in RAIN]) for factor in (1, 4, 0.5, 2)]

    assert told(numbers([value * 5 for value in RAIN]), *peers) == []
    assert told(numbers([value * 100 for value in RAIN]), *peers) != []


def test_peers_are_the_last_good_ones_in_the_same_layout() -> None:
    before = [delivery(str(n), "current", day=DAYS) for n in range(9)] + [delivery("x", "old", day=DAYS)]

    assert [each.batch for each in peers_of(delivery("8", "current", day=DAYS), before, [])] == [
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
    ]


def test_deliveries_that_come_together_are_peers_of_each_other_when_they_are_enough() -> None:
    beside = [delivery(name, "current", day=DAYS) for name in "abcd"]

    assert [each.batch for each in peers_of(beside[1], [], beside)] == ["a", "c", "d"]
    assert peers_of(beside[1], [], beside[:3]) == []


def test_a_number_that_counts_rows_is_larger_each_time() -> None:
    first, later = (
        delivery(name, "current", no=numbers(values))
        for name, values in (("a", range(1, 101)), ("b", range(901, 1001)))
    )

    assert list(drift(later, [first], {"no": "int"}, ("no",))) == []
    assert list(drift(later, [first], {"no": "int"})) != []


def test_a_delivery_of_one_county_has_no_peers_in_those_of_others() -> None:
    def of(name: str, *counties: str) -> Profiled:
        return delivery(name, "current", county_name=words(dict.fromkeys(counties, 9)))

    before = [of("a", "臺南市"), of("b", "高雄市"), of("c", "臺南市", "高雄市"), of("d", "屏東縣")]

    assert [each.batch for each in peers_of(of("new", "高雄市"), before, [], "county_name")] == ["b", "c"]
    assert [each.batch for each in peers_of(of("new", "高雄市"), before, [])] == ["a", "b", "c", "d"]
    assert peers_of(of("new", "臺東縣"), before, [of("new", "臺東縣")], "county_name") == []
    many = delivery("many", "current", county_name=words(None, 900))  # too many to be kept
    assert peers_of(of("new", "高雄市"), [many], [], "county_name") == [many]
