"""A made table with its declarations, as the tests of the catalogue start from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from deltalake import write_deltalake

from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Curated, Dataset, Publication, Source
from lakeward.quality import expect, history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.entry import Entry
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.releases.keys import Key
from lakeward.sharing.releases.press import Consumers

GAUGES = Dataset(
    name="environment.gauges",
    title="Rain gauges",
    title_zh="雨量站資料",
    agency="經濟部水利署 Water Resources Agency",
    source=Source(
        "environment/gauges/*.csv", licence="OGDL-TW-1.0 (data.gov.tw default)", cadence="daily",
        page="data.gov.tw/dataset/1",
    ),
    columns=(Column("gauge_id", "string", "gauge", cell="站碼", key=True),),
    publish=Publication("environment"),
)  # fmt: skip
VILLAGES = Dataset(
    name="maps.villages",
    title="Villages",
    title_zh="村里清冊",
    agency="內政部戶政司 Department of Household Registration",
    source=Source("maps/villages/*.csv", licence="OGDL-TW-1.0", cadence="monthly, with later corrections"),
    columns=(Column("village_code", "string", "code", cell="代碼", key=True),),
)
RAIN = Curated(
    name="gold.rain_day",
    title="Rain by gauge and day",
    title_zh="各站逐日雨量",
    inputs=(GAUGES, VILLAGES),
    grain="one row a gauge and day",
    columns=(
        Column("gauge_id", "string", "gauge", title="站碼", key=True),
        Column("fell_on", "date", "day", title="日期", key=True),
        Column("rain_mm", "double", "rain of the day", unit="mm", title="雨量"),
        Column("kind", "string", "kind of gauge", title="站別", codes={"1": "自動", "2": "人工"}),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", title="經度"),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", title="緯度"),
    ),
    build=lambda gauges, villages: gauges,
    limits="Snow is not rain.",
    publish=Publication("environment"),
)
SUITE = (expect.column_values_to_not_be_null("gauge_id"), expect.column_values_to_be_between("rain_mm", 0, 2_000))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the tests of the catalogue start from."""

    lake: Lake
    at: Addresses
    by: Publisher

    def entry(self, table: Dataset | Curated = RAIN) -> Entry:
        return entries(self.lake, [table])[0]

    def manifest(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change what the newest release of the table tells of itself."""
        file = self.lake.releases(RAIN.name) / "1.0" / "manifest.json"
        told = json.loads(file.read_text("utf-8"))
        change(told)
        file.write_text(json.dumps(told), "utf-8")


def made(lake: Lake) -> Shelf:
    """Fill a lake with one gold table, released and checked."""
    rows = pa.table({
        "gauge_id": ["A", "A", "B"],
        "fell_on": [date(2024, 1, 2), date(2024, 12, 30), date(2024, 6, 1)],
        "rain_mm": [1.5, None, 0.0],
        "kind": ["1", "1", "2"],
        "lon_deg": [121.537, 121.537, 120.204],
        "lat_deg": [25.048, 25.048, 22.991],
    })  # fmt: skip
    lake.table(RAIN.name).mkdir(parents=True)
    write_deltalake(str(lake.table(RAIN.name)), rows)
    facts = {"inputs": {GAUGES.table: 3, VILLAGES.table: 0}, "is_made": False}
    press = Consumers(lake, Key(Ed25519PrivateKey.from_private_bytes(bytes(32))))
    release.publish(lake, RAIN.name, 0, RAIN.columns, facts, "run-1", press)
    kept, broken = Result(SUITE[0], success=True), Result(replace(SUITE[1], severity="warning"), success=False)
    history.record(lake, "run-1", [Validation(RAIN.name, "version 0", (kept, broken), version=0)])
    by = Publisher(
        "縣政府 County Government", "https://county.example", "2.16.886", "王小姐", "03-8220000", "x@county.example"
    )
    return Shelf(lake, Addresses.at("https://county.example/open/"), by)
