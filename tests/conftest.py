"""One real Spark session a test run, and lakes in temporary folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lakeward.lake import delta, ledger
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.quality import history

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from lakeward.jobs.run import Report
    from lakeward.lake.runs import Step

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One local session for all tests."""
    os.environ.setdefault("LAKEWARD_MASTER", "local[2]")
    os.environ.setdefault("LAKEWARD_SHUFFLE_PARTITIONS", "1")
    os.environ.setdefault("LAKEWARD_LINEAGE", "0")  # tests of lineage ask for it
    from lakeward.lake.session import session

    started = session("lakeward tests")
    yield started
    started.stop()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake.at(str(tmp_path / "lake"))


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """An empty landing root."""
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The agencies' own files, where they are present."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not here")
    return SHARED


@dataclass(frozen=True)
class Built:
    """A lake built from the real files, and what the run told."""

    lake: Lake
    landing: Path
    report: Report

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Read a table, or some of its columns."""
        opened = delta.opened(self.lake.table(name))
        assert opened
        return opened.to_pyarrow_table(columns=columns)

    def rows(self, name: str, **where: object) -> list[dict[str, Any]]:
        """Read the rows that agree."""
        found: list[dict[str, Any]] = self.table(name).to_pylist()
        return [row for row in found if all(row[column] == value for column, value in where.items())]

    def column(self, name: str, column: str) -> list[Any]:
        """Read one column of a data set's silver table."""
        values: list[Any] = self.table(f"silver.{name}", [column])[column].to_pylist()
        return values

    def step(self, name: str) -> Step:
        """Give what the run told of a table."""
        return next(step for step in self.report.steps if step.table_name == name)

    def failed(self, name: str, about: str, kind: str) -> int:
        """Give how many rows of a data set a rule found, over all deliveries, as the history tells."""
        wanted = (f"silver.{name}", f"expect_{kind}", about)
        found = [row for row in self._results if (row["table_name"], row["type"], ", ".join(row["columns"])) == wanted]
        assert found
        return sum(row["failed"] or 0 for row in found)

    @cached_property
    def _results(self) -> list[dict[str, Any]]:
        return history.records(self.lake)

    def entries(self, name: str) -> list[Entry]:
        """Give what became of each file of a data set."""
        return [entry for entry in ledger.entries(self.lake) if entry.dataset == name]


@pytest.fixture(scope="session")
def built(spark: SparkSession, real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every table of every domain from the real files, built once for all tests that read them."""
    from lakeward.jobs.run import run

    lake = Lake.at(str(tmp_path_factory.mktemp("real") / "lake"))
    return Built(lake, real_files, run(str(lake.root), str(real_files)))
