"""One data set for each of the other ways in which deliveries combine."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Combine, Csv, Dataset, ReplacePeriod, Snapshot, Source, Upsert
from lakeward.quality import expect


def _dataset(name: str, combine: Combine) -> Dataset:
    return Dataset(
        name=f"faults.{name}",
        title="Made rain",
        title_zh="虛構雨量",
        agency="nobody",
        source=Source(files="faults/rain/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8")),
        columns=(
            Column("station", "string", "made station", cell="站", key=True),
            Column("day", "date", "day", cell="日期"),
            Column("rain_mm", "double", "rain", unit="mm", cell="雨量"),
        ),
        suite=(expect.column_values_to_be_between("rain_mm", 0, 3000),),
        combine=combine,
        max_refused=0.9,
    )


PERIODS = _dataset("periods", ReplacePeriod("day", "year"))
SNAPSHOTS = _dataset("snapshots", Snapshot())
UPSERTS = _dataset("upserts", Upsert())
