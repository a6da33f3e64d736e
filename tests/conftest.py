"""One real Spark session a test run, and lakes in temporary folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lakeward.lake import delta, ledger
from lakeward.lake.in_memory import COMPILED, INTERPRETED
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.quality import history

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession
    from xdist.scheduler import LoadScopeScheduling

    from lakeward.jobs.run import Report
    from lakeward.lake.runs import Step

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
REAL = ("test_real", "test_traps")
LONGEST = ("real", "test_points", "test_against_gx", "test_run_of_sample", "test_kills", "test_power")
"""Where the time goes. Several processes end together when they begin with these."""


def pytest_configure() -> None:
    """Give xdist's processes a main module with a file.

    One without is taken for a doctest by PySpark, which ends the process when Great Expectations looks for Connect.
    """
    sys.modules["__main__"].__dict__.setdefault("__file__", __file__)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first."""
    items.sort(key=lambda item: LONGEST.index(_share(item.nodeid)) if _share(item.nodeid) in LONGEST else len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Where several processes run the tests, have each take a file as a whole, and one all tests of the real lake."""
    from xdist.scheduler import LoadScopeScheduling

    # Not `--dist loadgroup`: what xdist 3.8 writes into the tests' names for it, pytest 9 does not read.
    class Shares(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _share(nodeid)

    return Shares(config, log)


def _share(nodeid: str) -> str:
    name = Path(nodeid.partition("::")[0]).stem
    if "LAKEWARD_HISTORIES" in os.environ:  # by `make histories`: hours of one file, each test of which stands alone
        return nodeid
    return "real" if name.startswith(REAL) else name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests recorded as `told`, whichever process they ran in and whether or not they failed."""
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            for name, said in getattr(report, "user_properties", ()):
                if name == "told":
                    terminalreporter.write_line(said)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One local session for all tests."""
    os.environ.setdefault("LAKEWARD_MASTER", "local[2]")
    os.environ.setdefault("LAKEWARD_SHUFFLE_PARTITIONS", "1")
    os.environ.setdefault("LAKEWARD_LINEAGE", "0")  # tests of lineage ask for it
    from lakeward.lake.session import session

    started = session("lakeward tests", conf=INTERPRETED)
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
def built(real_files: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Built:
    """Every table of every domain from the real files, built once for all tests that read them."""
    from lakeward.jobs.run import run

    os.environ.setdefault("LAKEWARD_JVM", "steady")
    of_new_sessions = request.getfixturevalue("spark")._jsparkSession.sharedState().conf()
    lake = Lake.at(str(tmp_path_factory.mktemp("real") / "lake"))
    try:
        for name, value in COMPILED.items():
            of_new_sessions.set(name, value)
        return Built(lake, real_files, run(str(lake.root), str(real_files)))
    finally:
        for name, value in INTERPRETED.items():
            of_new_sessions.set(name, value)
