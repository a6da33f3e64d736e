"""Lists of places with an address, to which a compiler may have added a position: columns and layouts they share."""

from __future__ import annotations

from collections.abc import Sequence

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Layout
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect
from lakeward.quality.expect import Expectation

ENCODINGS = ("utf-8", "cp950", "big5hkscs")
# A county stands first, after the postal code where there is one.
COUNTY_AT = r"^\d*(.{2}[縣市])"
# The town after it; a town of Taiwan's counties may itself be called 市, so municipalities are spelled out.
TOWN_AT = r"^\d*(?:.{2}縣|(?:新北|[臺台]北|桃園|[臺台]中|[臺台]南|高雄|基隆|新竹|嘉義)市)?(\S{1,3}?[鄉鎮市區])"
POSITION = ("lon_deg", "lat_deg")


def county_of(address: str) -> Column:
    """Give the column of the county that stands first in the cell of an address."""
    return Column(
        "county_name", "string", "county, from the address", cell=Cell((address,), COUNTY_AT), tidy=("squeeze", "tai")
    )


def position(lon: str, lat: str = "lat") -> tuple[Column, Column]:
    """Give the columns of a position that a compiler found by the address; 0 means that it found none."""
    return (
        Column("lon_deg", "double", "longitude, WGS84, geocoded", unit="degrees", cell=lon, nulls=("0",)),
        Column("lat_deg", "double", "latitude, WGS84, geocoded", unit="degrees", cell=lat, nulls=("0",)),
    )


def other_layouts(columns: Sequence[Column], lon: str) -> tuple[Layout, ...]:
    """Give the other shapes of such a list: another header of the longitude, and none of positions."""
    cells = {column.name: column.cell for column in columns if column.cell != ()}
    bare = {name: cell for name, cell in cells.items() if name not in POSITION}
    return Layout(f"longitude called {lon}", {**cells, "lon_deg": lon}), Layout("without positions", bare)


def rules(*names: str) -> tuple[Expectation, ...]:
    """Give what must hold of such a list: its county is known, its position lies in Taiwan, no letter was lost.

    Args:
        names: columns of free text, in which `?` stands where a rare letter could not be written.
    """
    return (
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("lon_deg", 114, 124, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 10, 27, severity="warning"),
        expect.column_values_to_not_be_null("lon_deg", mostly=0.9, severity="warning"),
        *(expect.column_values_to_not_match_regex(name, r"[?？\ufffd]", severity="warning") for name in names),
        expect.table_row_count_to_be_between(min_value=1),
    )
