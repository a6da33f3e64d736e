"""What two ways' tables hold is told apart, whatever the order of their rows and files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import write_deltalake
from ten import told

SILVER = told.Table("silver.police.crashes", {"crashed_on": "date", "place": "string", "deaths": "int"}, "crashed_on")
GOLD = told.Table("gold.rates", {"county_name": "string", "rate": "double"})
CRASHES = [(dt.date(2020, 1, 1), "臺北市", 1), (dt.date(2020, 5, 1), "臺東縣", None), (dt.date(2021, 1, 1), None, 2)]
REFUSED = [("police/2020.csv", ["deaths: not readable"])]


def test_the_same_rows_in_another_order_are_equal(tmp_path: Path) -> None:
    ours = _lake(tmp_path / "ours", CRASHES, [("臺北市", 1 / 3)])
    theirs = _lake(tmp_path / "theirs", CRASHES[::-1], [("臺北市", 1 / 3 + 1e-15)])

    assert told.difference(ours, theirs) == ""
    assert told.rows(SILVER, ours) == 3
    assert told.rows(GOLD, ours) == 1


def test_places_that_changed_rows_are_told_though_every_sum_is_the_same(tmp_path: Path) -> None:
    swapped = [(CRASHES[0][0], "臺東縣", 1), (CRASHES[1][0], "臺北市", None), CRASHES[2]]
    ours, theirs = _lake(tmp_path / "ours", CRASHES), _lake(tmp_path / "theirs", swapped)

    assert told.difference(ours, theirs).startswith("silver.police.crashes: (2020, 2, '1.00000000e+00'")


def test_a_rate_that_differs_in_its_ninth_digit_is_told(tmp_path: Path) -> None:
    ours = _lake(tmp_path / "ours", CRASHES, [("臺北市", 0.123456789)])
    theirs = _lake(tmp_path / "theirs", CRASHES, [("臺北市", 0.123456788)])

    assert told.difference(ours, theirs).startswith("gold.rates: ")


def test_an_extract_that_lacks_a_row_is_told(tmp_path: Path) -> None:
    ours = _lake(tmp_path / "ours", CRASHES)
    _lake(tmp_path / "theirs", CRASHES)
    _extract(tmp_path / "theirs", [])

    assert told.difference(ours, told.told(tmp_path / "theirs", [SILVER, GOLD])).startswith("gold.rates, published: ")


def test_rows_that_only_one_way_refused_are_told(tmp_path: Path) -> None:
    ours, theirs = _lake(tmp_path / "ours", CRASHES, refused=REFUSED), _lake(tmp_path / "theirs", CRASHES)

    assert told.difference(ours, theirs) == "silver.police.crashes, refused: ('2020.csv', 1) and None"


def _lake(
    folder: Path,
    crashes: list[tuple[dt.date, str | None, int | None]],
    rates: list[tuple[str, float]] | None = None,
    refused: list[tuple[str, list[str]]] | None = None,
) -> told.Told:
    rates = [("臺北市", 0.5)] if rates is None else rates
    days, places, deaths = zip(*crashes, strict=True)
    silver = {"crashed_on": pa.array(days), "place": pa.array(places), "deaths": pa.array(deaths, pa.int32())}
    write_deltalake(folder / "silver/police/crashes", pa.table(silver))
    if refused:
        files, reasons = zip(*refused, strict=True)
        aside = {"file": pa.array(files), "reasons": pa.array(reasons)}
        write_deltalake(folder / "quarantine/police/crashes", pa.table(aside))
    write_deltalake(folder / "gold/rates", _rates(rates))
    _extract(folder, rates)
    return told.told(folder, [SILVER, GOLD])


def _extract(folder: Path, rates: list[tuple[str, float]]) -> None:
    (folder / "published/rates").mkdir(parents=True, exist_ok=True)
    pq.write_table(_rates(rates), folder / "published/rates/rates.parquet")


def _rates(rates: list[tuple[str, float]]) -> pa.Table:
    columns = {"county_name": pa.array([name for name, _ in rates], pa.string())}
    return pa.table(columns | {"rate": pa.array([rate for _, rate in rates], pa.float64())})
