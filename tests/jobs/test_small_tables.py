"""Small tables are worked on without making code for them, and come out the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from pyarrow.parquet import ParquetFile
from pyspark.sql import SparkSession

from lakeward.jobs.observer import Silent
from lakeward.jobs.run import run
from lakeward.jobs.steps import Bench
from lakeward.lake.in_memory import SMALL
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, select
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.pipelines.sample.folder import write

TABLES = ("gold.road_safety_weather", "health.clinics")
OF_A_RUN = {"_ingested_at", "run_id"}


def test_rows_and_reasons_are_the_same_whether_code_is_made_or_not(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = select(declared(), TABLES)
    write(tmp_path / "landing", [each for each in chosen.values() if isinstance(each, Dataset)], rows=300)
    found, ways = [], list[bool]()
    asked = Bench.session

    def session(bench: Bench, table: str, columns: int, *, is_small: bool = False) -> SparkSession:
        ways.append(is_small)
        own = asked(bench, table, columns, is_small=is_small)
        if not is_small:  # the tests' own session makes no code either
            own.conf.set("spark.sql.codegen.factoryMode", "CODEGEN_ONLY")
        return own

    monkeypatch.setattr(Bench, "session", session)
    for way, most in (("small", 10**9), ("large", -1), ("too much", 10**9)):
        if way == "too much":  # to be held, though the files are small
            monkeypatch.setattr("lakeward.lake.in_memory.MOST_BYTES", 5_000)
        monkeypatch.setattr("lakeward.jobs.bulk.SMALL_BYTES", most)
        monkeypatch.setattr("lakeward.jobs.bulk.HAND_BYTES", most)
        monkeypatch.setattr("lakeward.jobs.steps.SMALL_ROWS", most)
        report = run(str(tmp_path / way), str(tmp_path / "landing"), TABLES)
        assert {step.outcome for step in report.steps} == {"built"}
        found.append({table: _rows(tmp_path / way / table) for table in _tables(chosen)})

    assert ways == [*[True] * len(chosen), *[False] * len(chosen), *[True] * len(chosen)]
    layers = {"bronze", "silver", "quarantine", "gold"}
    assert {table.parts[0] for table, rows in found[0].items() if len(rows) > 1} == layers
    written = [_writers(tmp_path / way / "silver" / "health" / "clinics") for way in ("small", "large", "too much")]
    assert written == [{"parquet-cpp-arrow"}, {"parquet-mr"}, {"parquet-mr"}]
    for table, rows in found[0].items():
        assert rows == found[1][table], table
        assert rows == found[2][table], table


def test_a_small_table_s_session_makes_no_code_and_no_other_session_hears_of_it(
    spark: SparkSession, lake: Lake
) -> None:
    made = spark.newSession()
    made.conf.set("spark.sql.codegen.factoryMode", "FALLBACK")
    bench = Bench(lake, "run", Silent(), made)
    small = bench.session("made.table", 3, is_small=True)

    assert {name: small.conf.get(name) for name in SMALL} == SMALL
    assert made.conf.get("spark.sql.codegen.factoryMode") == "FALLBACK"


def _tables(chosen: dict[str, Any]) -> list[Path]:
    found = []
    for name, table in chosen.items():
        layers = ("gold",) if isinstance(table, Curated) else ("bronze", "silver", "quarantine")
        found += [Path(layer, *name.removeprefix("gold.").split(".")) for layer in layers]
    return found


def _writers(path: Path) -> set[str]:
    """Give what wrote a table's files: `parquet-cpp-arrow` is Arrow, `parquet-mr` is Spark."""
    return {str(ParquetFile(file).metadata.created_by).partition(" ")[0] for file in path.glob("*.parquet")}


def _rows(path: Path) -> list[str]:
    """Give a table's columns and its rows as texts, sorted, without what tells of the run; none where there is none."""
    if not path.exists():
        return []
    table: pa.Table = DeltaTable(path).to_pyarrow_table()
    kept = table.select([name for name in table.column_names if name not in OF_A_RUN])
    return [str(kept.schema), *sorted(map(repr, kept.to_pylist()))]
