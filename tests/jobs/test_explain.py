from __future__ import annotations

from dataclasses import replace

from lakeward.jobs.explain import as_text, explained
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Dataset, Source, Upsert
from lakeward.quality import across, expect

KEYED = Dataset(
    name="made.rain",
    title="Made rain",
    title_zh="虛構雨量",
    agency="nobody",
    source=Source("made/*.csv", "not stated", "never"),
    columns=(Open("town", "string", "town", key=True), Open("rain_mm", "int", "rain", unit="mm")),
    suite=(
        expect.column_values_to_be_between("rain_mm", 0, 100),
        expect.column_values_to_be_unique("town"),
        expect.column_values_to_be_unique("rain_mm", severity="warning"),
    ),
)
TOWNS = Curated(
    name="gold.towns", title="Towns", title_zh="鄉鎮", inputs=(KEYED,), grain="a town", columns=KEYED.columns,
    build=lambda rain: rain, suite=(*KEYED.suite[:2], across.column_values_to_exist_in_table("town", KEYED.table)),
)  # fmt: skip
SCAN = "1 scan of bronze; its typed rows stay in memory, where the rest reads them"
AGAIN = "1 more scan of bronze when rows are refused, for their cells as delivered"


def test_a_key_spares_the_shuffle_of_what_it_makes_unique() -> None:
    assert explained(KEYED)["run"] == [
        SCAN,
        "1 shuffle by a hash of the key (town): rows that repeat it are set aside, held against the keys in silver",
        "1 pass for 3 expectations, reasons and counts: 4 numbers, by delivery and reason",
        "no shuffle by `town`: the key is in it, and no row repeats that",
        "1 shuffle by `rain_mm` where `rain_mm` is not null",
        "silver is written from memory",
        AGAIN,
    ]
    bare = replace(KEYED, columns=tuple(replace(each, key=False) for each in KEYED.columns))
    assert explained(bare)["run"] == [
        SCAN,
        "1 pass for 3 expectations, reasons and counts: 4 numbers, by delivery and reason",
        "1 shuffle by `town` where `town` is not null",
        "1 shuffle by `rain_mm` where `rain_mm` is not null",
        "silver is written from memory",
        AGAIN,
    ]
    assert explained(replace(KEYED, combine=Upsert()))["run"][-3:] == [
        "1 shuffle by the same hash when several deliveries come at once: the last wins",
        "silver is written from memory, beside what stays of the files it touches",
        AGAIN,
    ]


def test_gold_is_measured_by_its_own_write() -> None:
    assert as_text(TOWNS, explained(TOWNS)).splitlines() == [
        "lakeward run gold.towns",
        "  1 sort by town",
        "  1 pass, which is the write, for 2 expectations and the count: 4 numbers at most",
        "  1 look at the written files when a rule is broken, to count its rows",
        "  1 shuffle by `town` where `town` is not null, over the written files",
        "  a look into another table for expect_column_values_to_exist_in_table, from the written files",
        "  1 commit when the gate lets it pass; else the written files are removed, unseen",
        "lakeward validate gold.towns",
        "  1 pass over the rows for 2 expectations: 4 numbers",
        "  1 shuffle by `town` where `town` is not null",
        "  a look into another table for expect_column_values_to_exist_in_table",
    ]
