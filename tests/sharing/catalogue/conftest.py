"""A small lake with one made table, released and checked."""

from __future__ import annotations

import pytest
from made_shelf import Shelf, made

from lakeward.lake.storage import Lake


@pytest.fixture
def shelf(lake: Lake) -> Shelf:
    return made(lake)
