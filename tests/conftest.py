"""One real Spark session a test run, and lakes in temporary folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One local session for all tests."""
    os.environ.setdefault("LAKEWARD_MASTER", "local[2]")
    os.environ.setdefault("LAKEWARD_SHUFFLE_PARTITIONS", "1")
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
