"""The portal of a small made lake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Served, serving
from made_site import ROADS, checked, publish, road_rows, squares

from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, declared
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.portal.site import Wanted, build


@pytest.fixture(scope="session")
def tables() -> dict[str, Table]:
    """Every declaration."""
    return declared()


@pytest.fixture(scope="session")
def made_lake(tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Table]) -> Lake:
    """A lake with one released table and outlines."""
    lake = Lake.at(str(tmp_path_factory.mktemp("portal") / "lake"))
    roads = tables[ROADS]
    assert isinstance(roads, Curated)
    publish(lake, roads, road_rows())
    for broken in (2, 1):
        checked(lake, roads, broken)
    squares(lake)
    return lake


@pytest.fixture(scope="session")
def site(made_lake: Lake, tables: dict[str, Table]) -> Path:
    """The portal of the made lake."""
    return build(made_lake, tables, Wanted(made_lake.root.parent / "site")).to


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[Served]:
    """The portal on a web server."""
    with serving(site) as told:
        yield told
